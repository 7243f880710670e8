using Gdn.Harness.Metrics;
using Gdn.Harness.Reports;
using Gdn.Harness.Throughput;

namespace Gdn.Harness.Campaigns;

/// <summary>A speed that two saved reports have.</summary>
/// <param name="Name">What was timed.</param>
/// <param name="First">What the first report says of it.</param>
/// <param name="Second">What the second does.</param>
/// <param name="Ratio">The second's time over the first's.</param>
internal sealed record SavedSpeed(string Name, string First, string Second, RatioEstimate Ratio)
{
    /// <summary>By how much work without an engine took longer or shorter; 0.01 for 1%.</summary>
    public double Floor { get; init; }

    /// <summary>Whether it is of rates, and not of comparisons whose sides were timed in turns.</summary>
    public bool IsOfRates { get; init; }

    /// <summary>All that both have.</summary>
    public static IEnumerable<SavedSpeed> Common(SavedReport first, SavedReport second) =>
    [
        .. SavedPairs.Of(first, second, "throughput", row => WorkloadOf(row) is { } workload ? workload : row)
            .SelectMany(pair => Enum.GetValues<Phase>().Select(phase => OfThroughput(pair.First, pair.Second, phase))).OfType<SavedSpeed>(),
        .. SavedPairs.Of(first, second, "compare", row => row.Text("check") ?? "")
            .Select(pair => OfComparison(pair.First, pair.Second)).OfType<SavedSpeed>(),
    ];

    /// <summary>Its line of the table.</summary>
    public CompareRow ToRow(RatioVerdict verdict) => new(Name, First, Second, SpeedText.Change(Ratio), Cell.TextOf(verdict)) { Ratio = Ratio };

    private static SavedSpeed? OfThroughput(SavedRow a, SavedRow b, Phase phase)
    {
        string key = phase == Phase.Prompt ? "prompt" : "answer";
        if (WorkloadOf(a) is not { } workload || Rate(a, key) is not { } one || Rate(b, key) is not { } other) return null;
        double floor = a.Number("fixedSeconds") / b.Number("fixedSeconds") is > 0 and var ratio ? Math.Exp(Math.Abs(Math.Log(ratio))) - 1 : 0;
        return new SavedSpeed(
            new SpeedQuestion(workload, phase).Name, SpeedText.Rate(one.Rate), SpeedText.Rate(other.Rate),
            Estimate(one.Rate / other.Rate, one.Error, other.Error, Math.Min(one.Rounds, other.Rounds)))
        {
            Floor = floor,
            IsOfRates = true,
        };
    }

    // How much B differed from A, in the one and in the other: what the machine did in between concerns both sides of either.
    private static SavedSpeed? OfComparison(SavedRow a, SavedRow b)
    {
        if (Estimated(a) is not { } one || Estimated(b) is not { } other || a.Text("check") is not { } check) return null;
        // The noise floor, and what was planted, are no speeds of engines.
        if (!check.StartsWith("PP ", StringComparison.Ordinal) && !check.StartsWith("TG ", StringComparison.Ordinal)) return null;
        return new SavedSpeed(
            check, a.Text("change") ?? "", b.Text("change") ?? "",
            Estimate(other.Ratio / one.Ratio, one.Error, other.Error, Math.Min(one.Rounds, other.Rounds)));
    }

    private static (double Ratio, double Error, int Rounds)? Estimated(SavedRow row) => row.Inner("ratio") is { } estimate
        && estimate.Number("ratio") is > 0 and var ratio && estimate.Number("standardError") is >= 0 and var error
        && estimate.Whole("rounds") is > 1 and var rounds
            ? (ratio, error, rounds)
            : null;

    private static (double Rate, double Error, int Rounds)? Rate(SavedRow row, string key) =>
        row.Number($"{key}Rate") is > 0 and var rate && row.Number($"{key}Error") is > 0 and var half && row.Whole("rounds") is > 1 and var rounds
            ? (rate, Math.Log(1 + half) / StudentT.Quantile95(rounds - 1), rounds)
            : null;

    private static RatioEstimate Estimate(double ratio, double error, double otherError, int rounds)
    {
        double standardError = Math.Sqrt(error * error + otherError * otherError), half = StudentT.Quantile95(rounds - 1) * standardError;
        return new RatioEstimate(ratio, ratio * Math.Exp(-half), ratio * Math.Exp(half), standardError, rounds);
    }

    private static Workload? WorkloadOf(SavedRow row)
    {
        int[] active = [.. (row.Numbers("active") ?? []).Select(value => (int)value)];
        return row.Whole("np") is > 0 and var np && active.Length > 0 && active.All(slot => slot >= 0 && slot < np)
            && row.Whole("depth") is >= 0 and var depth && row.Whole("prompt") is > 0 and var prompt && row.Whole("answer") is > 0 and var answer
                ? new Workload(np, active, depth, prompt, answer)
                : null;
    }
}
