using Gdn.Reference.State;
using static System.FormattableString;

namespace Gdn.Harness.Bleed.Oracle;

/// <summary>How far from the reference a right server's log-probabilities may be.</summary>
/// <remarks>
/// The format of keys and values is the one with which the reference comes nearest to the lone answers. What a server may add
/// to that is rounding, of which the unit is what 16-bit caches do to the reference itself on the same tokens. It grows with the
/// context: rounded entries average out like 1/sqrt(n), but a sum of n of them that is itself kept in 16 bits, as attention
/// kernels do, errs like sqrt(n). A context shorter than those that were learnt from is allowed as much as they are: few entries do
/// not average out.
/// </remarks>
/// <param name="Caches">How the server keeps keys and values, as far as its answers show.</param>
/// <param name="Scale">Allowed for a short context, in nats: what the lone answers show, but no more than rounding can do.</param>
/// <param name="Grows">Whether the context counts; not where the noise lies elsewhere, in quantised activations.</param>
/// <param name="Rows">Positions of lone answers that it was learnt from.</param>
/// <param name="Usual">What three quarters of those keep within, in nats.</param>
internal sealed record OracleBound(StateFormat Caches, double Scale, bool Grows, int Rows, double Usual)
{
    /// <summary>Lone positions keep within this many times what three quarters of them do.</summary>
    public const double TailMargin = 12;

    /// <summary>More than this many times what 16-bit caches do is no rounding, where nothing else is rounded.</summary>
    public const double FormatMargin = 8;

    /// <summary>The shortest context that it was learnt from.</summary>
    public int From { get; init; }

    // Below this it is rounding of single-precision sums and of the printed numbers.
    private const double Smallest = 1e-4;

    // Context at which a sum kept in 16 bits errs as much as the entries do. Measured: llama.cpp's flash attention errs about
    // 1.5, 4, 18 times as much at 48, 128, 900 tokens.
    private const double ContextUnit = 32;

    // A tie between two tokens may cost each the whole move of a position that reports twenty.
    private const double TieMargin = 10, LargestTie = 2;

    /// <summary>What a position may be from the reference, in nats.</summary>
    /// <param name="context">Tokens before it.</param>
    public double Move(int context) => Math.Max(Smallest, Grows ? Scale * Growth(Math.Max(context, From)) : Scale);

    /// <summary>How much likelier than the token chosen another may be, in nats.</summary>
    /// <param name="context">Tokens before it.</param>
    public double Tie(int context) => Math.Min(TieMargin * Move(context), LargestTie);

    /// <summary>How much more a context of so many tokens moves than a short one.</summary>
    public static double Growth(int context) => 1 + context / ContextUnit;

    /// <inheritdoc/>
    public override string ToString() => Agreement + Invariant($"; allowed: {Move(0):G2} nats")
        + (Grows && Move(1000) > Move(0) ? Invariant($", {Move(1000):G2} after 1,000 tokens") : "");

    private string Agreement => this switch
    {
        { Rows: 0 } => "no log-probabilities are reported, so tokens alone are judged",
        _ when Usual > Scale => Invariant($"lone answers are off by {Usual:G2} nats or more at a quarter of {Rows} positions, ")
            + "which is no rounding: they are wrong, or the server serves another file than --model",
        _ => Invariant($"lone answers agree within {Usual:G2} nats at three quarters of {Rows} positions, with {Caches} caches"),
    };
}
