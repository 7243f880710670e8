using System.Runtime.InteropServices;
using Gdn.Harness.Schedules;

namespace Gdn.Harness.Checks;

/// <summary>Collects comparisons of rows into an outcome.</summary>
/// <param name="check">The check's name.</param>
/// <param name="schedule">The schedule.</param>
/// <param name="note">What is compared, in words.</param>
internal sealed class RowComparison(string check, Schedule schedule, string note)
{
    private int _rows, _wrongRows, _ties;
    private (RowOrigin Origin, int Token, double Expected, double Actual, double Allowed)? _first;

    /// <summary>The outcome so far.</summary>
    public CheckOutcome Outcome => new(_rows, _ties, _first is not { } first
        ? null
        : new Discrepancy(
            check, schedule.Slots, first.Origin, first.Token, first.Expected, first.Actual, first.Allowed,
            _wrongRows, _rows, note));

    /// <summary>Compares with the oracle.</summary>
    public void AddWithin(OracleRow oracle, LogitsRow actual)
    {
        if (oracle.IsRouterTie) _ties++;
        else AddWithin(actual.Origin, v => oracle.Logits[v], actual.Logits, oracle.Allowed);
    }

    /// <summary>Compares two rows of the engine, each of which may be off as far as its oracle allows, or by a part of that.</summary>
    public void AddWithin(OracleRow oracle, LogitsRow actual, OracleRow otherOracle, float[] other, double share)
    {
        if (oracle.IsRouterTie || otherOracle.IsRouterTie) _ties++;
        else AddWithin(actual.Origin, v => other[v], actual.Logits, share * (oracle.Allowed + otherOracle.Allowed));
    }

    /// <summary>Whether two rows are the same bits.</summary>
    public static bool SameBits(ReadOnlySpan<float> one, ReadOnlySpan<float> other) =>
        MemoryMarshal.Cast<float, int>(one).SequenceEqual(MemoryMarshal.Cast<float, int>(other));

    /// <summary>Compares bit for bit.</summary>
    public void AddExact(RowOrigin origin, ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
    {
        int wrong = -1;
        for (int v = 0; v < expected.Length && wrong < 0; v++)
            if (BitConverter.SingleToInt32Bits(expected[v]) != BitConverter.SingleToInt32Bits(actual[v])) wrong = v;
        Add(origin, wrong, wrong < 0 ? 0 : expected[wrong], wrong < 0 ? 0 : actual[wrong], 0);
    }

    // Reports the worst logit; NaN is never within.
    private void AddWithin(RowOrigin origin, Func<int, double> expected, ReadOnlySpan<float> actual, double allowed)
    {
        int worst = -1;
        double worstError = allowed;
        for (int v = 0; v < actual.Length; v++)
        {
            double error = Math.Abs(actual[v] - expected(v));
            if (error <= worstError) continue;
            worst = v;
            worstError = double.IsNaN(error) ? double.PositiveInfinity : error;
        }

        Add(origin, worst, worst < 0 ? 0 : expected(worst), worst < 0 ? 0 : actual[worst], allowed);
    }

    private void Add(RowOrigin origin, int wrong, double expected, double actual, double allowed)
    {
        _rows++;
        if (wrong < 0) return;
        _wrongRows++;
        _first ??= (origin, wrong, expected, actual, allowed);
    }
}
