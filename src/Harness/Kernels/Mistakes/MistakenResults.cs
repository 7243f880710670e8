using Gdn.Harness.Kernels.Calls;
using Gdn.Reference.Kernels;

namespace Gdn.Harness.Kernels.Mistakes;

/// <summary>What a mistaken kernel gives, laid out as <see cref="KernelBuffer"/> says.</summary>
/// <param name="shape">Sizes.</param>
/// <param name="before">Each sequence's state before the call.</param>
internal sealed class MistakenResults(in KernelShape shape, double[] before)
{
    /// <summary>Sizes.</summary>
    public KernelShape Shape { get; } = shape;

    /// <summary>Each sequence's state before the call.</summary>
    public double[] Before => before;

    /// <summary>The output.</summary>
    public double[] Output { get; } = new double[shape.ValueLength];

    /// <summary>States after the call.</summary>
    public double[] States { get; } = [.. before];

    /// <summary>Snapshots, those planes that are filled.</summary>
    public double[] Snapshots { get; } = new double[shape.FilledPlanes * before.Length];

    /// <summary>The largest norm that each head's state has had.</summary>
    public double[] LargestStates { get; } = new double[shape.Sequences * shape.Rule.ValueHeads];

    /// <summary>A result.</summary>
    public double[] this[KernelBuffer buffer] => buffer switch
    {
        KernelBuffer.Output => Output,
        KernelBuffer.State => States,
        _ => Snapshots,
    };
}
