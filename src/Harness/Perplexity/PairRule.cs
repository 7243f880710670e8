using static System.FormattableString;

namespace Gdn.Harness.Perplexity;

/// <summary>
/// By which rule two runs of one engine over a text are the same: bit for bit where the engine promises equal bits however a sequence's
/// tokens are cut; else each log-probability may move as far as it does when nothing can go wrong, which was measured on single
/// sequences in several cuts.
/// </summary>
/// <param name="Noise">The largest such move, in nats; null where bits are promised.</param>
/// <param name="IsSinglePrecision">
/// Whether the engine declares to compute and to keep states in single precision: there is no more noise than that has.
/// </param>
public sealed record PairRule(double? Noise, bool IsSinglePrecision)
{
    // The largest of some thousand moves, against the largest of as many others of the same kind.
    private const double Margin = 8;

    // What single precision does to log-probabilities: in batches of other width, and in kernels of another form.
    private const double SamePath = 1e-4, OtherPath = 1e-3;

    // What 16-bit logits do in the worst case.
    private const double Excessive = 0.5;

    /// <summary>Whether nothing can be told by it: single sequences alone move further than any arithmetic explains.</summary>
    public bool IsUseless => !IsSinglePrecision && !(Noise is null or <= Excessive);

    /// <summary>How far a log-probability may move, in nats.</summary>
    /// <param name="isSamePath">Whether both runs cut their sequences alike.</param>
    public double Allowed(bool isSamePath) => Noise is not { } noise ? 0
        : isSamePath && IsSinglePrecision ? Math.Clamp(Margin * noise, SamePath, OtherPath)
        : IsSinglePrecision ? OtherPath
        : Math.Max(isSamePath ? SamePath : OtherPath, Margin * noise);

    /// <summary>Tokens that are not the same.</summary>
    /// <param name="comparison">The two runs.</param>
    /// <param name="isSamePath">Whether both cut their sequences alike.</param>
    public IReadOnlyList<MovedToken> Wrong(ScoreComparison comparison, bool isSamePath) =>
        Noise is null ? comparison.OtherBits : comparison.MovedBeyond(Allowed(isSamePath));

    /// <summary>The rule in words.</summary>
    public override string ToString() => Noise is { } noise
        ? Invariant($"log-probabilities may move by {Allowed(true):G2} nats with n_seq, by {Allowed(false):G2} with the cut ")
            + Invariant($"(single sequences move by {noise:G2})")
        : "equal bits, as promised";
}
