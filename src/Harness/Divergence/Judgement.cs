using Gdn.Harness.Clients;

namespace Gdn.Harness.Divergence;

/// <summary>The verdict on one answer.</summary>
/// <param name="Outcome">What the difference means.</param>
/// <param name="Rows">Positions compared.</param>
/// <param name="Ties">Near-ties after which the comparison went on.</param>
/// <param name="At">The position that decided, or the first that differs; null where none does.</param>
/// <param name="Reason">Why, in words.</param>
public sealed record Judgement(Outcome Outcome, int Rows, int Ties, DivergencePoint? At, string Reason)
{
    /// <summary>What the server reads from <see cref="At"/> on with the answer so far in the prompt, where that decided.</summary>
    public IReadOnlyList<ServedToken>? ReadBack { get; init; }
}
