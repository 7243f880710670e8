using Gdn.Harness.Clients;

namespace Gdn.Harness.Divergence;

/// <summary>
/// How much log-probabilities move when nothing is wrong: from run to run, and when the same tokens are split into batches
/// differently.
/// </summary>
/// <param name="Rows">Positions compared.</param>
/// <param name="Median">Median of their <see cref="RowDelta"/>, in nats; 0 where there are none.</param>
/// <param name="Largest">The largest.</param>
public sealed record NoiseFloor(int Rows, double Median, double Largest)
{
    /// <summary>The largest move that passes as noise anywhere, in nats: what 16-bit logits do in the worst case.</summary>
    public const double LargestMove = 0.5;

    // Rounding of float log-probabilities, and the smallest move that is reported however small the noise.
    private const double SmallestSigma = 1e-5, SmallestMove = 1e-3;

    private const double LargestSigma = 0.25;

    // What 16-bit caches and sums in another order do to a model that is otherwise computed exactly.
    private const double LearnableLeast = 0.01;

    // Rows judged outnumber those measured by some hundred to one, and noise has tails.
    private const double Margin = 4;

    /// <summary>Standard deviation of one log-probability, in nats.</summary>
    public double Sigma => Math.Clamp(Median, SmallestSigma, LargestSigma);

    /// <summary>The largest move seen that passes as noise, in nats.</summary>
    public double Benign => Math.Clamp(Largest, Sigma, LargestMove);

    /// <summary>A move that noise does not explain.</summary>
    public double Elevated => Math.Max(Margin * Benign, SmallestMove);

    /// <summary>
    /// The largest move that is taken for noise of batches of other width, in nats. It is the same arithmetic in another order;
    /// larger moves need another explanation.
    /// </summary>
    public double Learnable => Math.Max(LearnableLeast, Elevated);

    /// <summary>The noise if as much as possible were learnt.</summary>
    public NoiseFloor Widened() => this with { Median = Math.Max(Median, Learnable), Largest = Math.Max(Largest, Learnable) };

    /// <summary>The larger of both.</summary>
    public NoiseFloor With(NoiseFloor other) =>
        new(Rows + other.Rows, Math.Max(Median, other.Median), Math.Max(Largest, other.Largest));

    /// <summary>Whether answers to one prompt disagree by more than any noise explains.</summary>
    public bool IsExcessive => Largest > LargestMove;

    /// <summary>
    /// How many standard deviations of its noise a gap is: the two log-probabilities move independently, hence the root
    /// of two.
    /// </summary>
    /// <param name="gap">Difference of the two log-probabilities.</param>
    /// <param name="move">
    /// How far the position's log-probabilities moved: noise is not the same everywhere, and a benign move measures it best.
    /// </param>
    public double Z(double gap, double? move) =>
        gap / (Math.Sqrt(2) * Math.Max(Sigma, Math.Min(move ?? 0, Math.Max(Benign, SmallestMove))));

    /// <summary>Measures it on pairs of answers after the same tokens.</summary>
    public static NoiseFloor Of(IEnumerable<(IReadOnlyList<ServedToken> One, IReadOnlyList<ServedToken> Other)> pairs)
    {
        var moves = new List<double>();
        foreach ((IReadOnlyList<ServedToken> one, IReadOnlyList<ServedToken> other) in pairs)
        {
            for (int n = 0; n < Math.Min(one.Count, other.Count); n++)
            {
                if (RowDelta.Between(one[n], other[n]) is { } move) moves.Add(move);
                // From the first other token on, the texts differ.
                if (!one[n].Is(other[n])) break;
            }
        }

        moves.Sort();
        return moves.Count == 0 ? new NoiseFloor(0, 0, 0) : new NoiseFloor(moves.Count, moves[moves.Count / 2], moves[^1]);
    }
}
