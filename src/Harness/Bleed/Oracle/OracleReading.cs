namespace Gdn.Harness.Bleed.Oracle;

/// <summary>An answer as the reference reads it.</summary>
/// <param name="Answer">The answer.</param>
/// <param name="Positions">What the reference says, a position per token.</param>
/// <param name="Moves">How far the server is from it, in nats; null where it reports nothing to compare.</param>
/// <param name="Wrong">The first position that rounding does not explain; null if the answer is right.</param>
/// <param name="Allowed">What is allowed there, in nats; of the move, or of the gap where the token alone is wrong.</param>
internal sealed record OracleReading(
    ForcedAnswer Answer, IReadOnlyList<ForcedPosition> Positions, IReadOnlyList<double?> Moves, int? Wrong, double Allowed)
{
    // As in the comparison of the server with itself: noise has tails, and damage to a state stays.
    private const int WrongRows = 2;
    private const double FarBeyond = 3;

    /// <summary>Compares an answer with what the reference says.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="positions">What the reference says, with caches as the server has them.</param>
    /// <param name="bound">What is allowed anywhere.</param>
    /// <param name="unrounded">
    /// The same with caches that are not rounded, to see at which tokens rounding tells most; null where that is not known.
    /// </param>
    public static OracleReading Of(
        ForcedAnswer answer, IReadOnlyList<ForcedPosition> positions, OracleBound bound,
        IReadOnlyList<ForcedPosition>? unrounded = null)
    {
        double?[] moves = [.. positions.Select((position, n) => position.MoveOf(answer.Tokens[n]))];
        int? wrong = null;
        int rows = 0;
        for (int n = 0; n < positions.Count; n++)
        {
            if (!IsMovedAt(n) && positions[n].Gap <= TieAt(n)) continue;
            int first = wrong ??= n;
            if (++rows >= WrongRows || positions[n].Gap > TieAt(n) || !(moves[n] <= FarBeyond * MoveAt(n)))
                return new OracleReading(answer, positions, moves, first, IsMovedAt(first) ? MoveAt(first) : TieAt(first));
        }

        return new OracleReading(answer, positions, moves, null, 0);

        double MoveAt(int n) => Math.Max(
            bound.Move(answer.Prompt.Count + n),
            unrounded is null
                ? 0
                : OracleBound.FormatMargin * (ForcedPosition.Move(unrounded[n].Candidates, positions[n].Candidates) ?? 0));

        double TieAt(int n) => bound.Tie(answer.Prompt.Count + n);

        bool IsMovedAt(int n) => moves[n] is { } move && !(move <= MoveAt(n));
    }

    /// <summary>Whether what is wrong at <see cref="Wrong"/> is the distribution, and not just the token chosen.</summary>
    public bool IsMoved => Wrong is { } n && Moves[n] is { } move && !(move <= Allowed);
}
