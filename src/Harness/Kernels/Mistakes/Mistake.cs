using Gdn.Harness.Kernels.Cases;
using static Gdn.Harness.Kernels.Mistakes.RecurrenceStep;

namespace Gdn.Harness.Kernels.Mistakes;

/// <summary>A kernel that differs from the right one in one thing, from which its results can be computed.</summary>
/// <param name="Name">As a finding says it. Forms of one mistake have the same name.</param>
/// <param name="Form">Which form it is, where that says something.</param>
internal sealed record Mistake(string Name, string? Form = null)
{
    /// <summary>What it takes for its inputs.</summary>
    public Action<MistakenInputs>? Inputs { get; init; }

    /// <summary>The parts of the recurrence, in its order.</summary>
    public IReadOnlyList<RecurrenceStep> Order { get; init; } = [Decay, Recall, Write, Answer];

    /// <summary>What it makes of the results.</summary>
    public Action<MistakenResults>? Results { get; init; }

    /// <summary>The results of the mistaken kernel.</summary>
    public MistakenResults Compute(KernelData data)
    {
        var inputs = new MistakenInputs(data);
        Inputs?.Invoke(inputs);
        MistakenResults results = MistakenRecurrence.Run(inputs, Order);
        Results?.Invoke(results);
        return results;
    }
}
