namespace Gdn.Harness.Bleed.Oracle;

/// <summary>
/// What an explanation has to reproduce: the first wrong positions of an answer. Later ones follow from them.
/// </summary>
/// <param name="Reading">The wrong answer.</param>
internal sealed record Damage(OracleReading Reading)
{
    // Wrong positions that are to be explained.
    private const int Depth = 8;

    // A position can be off by any number of nats; beyond this it says no more.
    private const double Farthest = 5;

    /// <summary>The first wrong position.</summary>
    public int First => Reading.Wrong!.Value;

    /// <summary>The position after the last that counts.</summary>
    public int End => Math.Min(First + Depth, Reading.Positions.Count);

    /// <summary>Row of the answer's fed tokens whose logits are the first wrong ones.</summary>
    public int Row => Reading.Answer.Prompt.Count - 1 + First;

    /// <summary>How far the server is from the reference, in nats: root mean square over the wrong positions.</summary>
    public double Size => Root(Enumerable.Range(First, End - First).Sum(n => Square(Reading, n, Reading.Positions[n])));

    /// <summary>Whether the server reports enough there to tell one state from another; tokens alone may agree by chance.</summary>
    public bool HasLogProbabilities => Enumerable.Range(First, End - First)
        .All(n => Reading.Answer.Tokens[n].Candidates is { Count: > 1 });

    /// <summary>Root mean square, in nats.</summary>
    /// <param name="squares">Sum of squares over all positions; those that are right add nothing.</param>
    public double Root(double squares) => Math.Sqrt(squares / (End - First));

    /// <summary>How far a position of the server is from what an engine says there, in nats, squared.</summary>
    public static double Square(OracleReading reading, int n, ForcedPosition position)
    {
        // Of a token alone it is known that nothing else was likelier.
        double move = position.MoveOf(reading.Answer.Tokens[n]) ?? position.Gap;
        // Where neither has a number they agree.
        if (double.IsNaN(move)) move = double.IsNaN(position.Gap) && reading.Moves[n] is double.NaN ? 0 : Farthest;
        return Math.Min(move, Farthest) * Math.Min(move, Farthest);
    }
}
