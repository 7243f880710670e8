namespace Gdn.Harness.Bleed.Oracle;

/// <summary>How well the answers from a wrong state are the server's.</summary>
/// <param name="Explained">Of the wrong positions, how many from the first one on are the server's within the limit.</param>
/// <param name="Residual">Root mean square of what is left there, in nats; at all of them where none is explained.</param>
internal readonly record struct Fit(int Explained, double Residual) : IComparable<Fit>
{
    /// <summary>The better one first.</summary>
    public int CompareTo(Fit other) =>
        Explained != other.Explained ? other.Explained.CompareTo(Explained) : Residual.CompareTo(other.Residual);

    /// <summary>Judges moves.</summary>
    /// <param name="squares">Squares of the distances at the positions that were played, the right ones before the wrong ones.</param>
    /// <param name="wrong">How many of the last ones are wrong.</param>
    /// <param name="limit">What may be left at each, in nats.</param>
    public static Fit Of(ReadOnlySpan<double> squares, int wrong, double limit)
    {
        int right = squares.Length - wrong, explained = 0;
        double sum = 0;
        while (explained < wrong && squares[right + explained] <= limit * limit) sum += squares[right + explained++];
        foreach (double square in squares[..right])
            if (!(square <= limit * limit)) explained = 0;
        if (explained > 0) return new Fit(explained, Math.Sqrt(sum / explained));
        sum = 0;
        foreach (double square in squares[right..]) sum += square;
        return new Fit(0, Math.Sqrt(sum / wrong));
    }
}
