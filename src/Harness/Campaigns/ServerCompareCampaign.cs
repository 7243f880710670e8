using Gdn.Harness.Clients;
using Gdn.Harness.Reports;
using Gdn.Harness.Throughput;
using Gdn.Harness.Throughput.Servers;
using static System.FormattableString;

namespace Gdn.Harness.Campaigns;

/// <summary>Two servers side by side: does either bleed, and, if neither does, how fast is each?</summary>
/// <param name="First">A: what the other is compared with.</param>
/// <param name="Second">B.</param>
/// <param name="Correctness">What A and B have to pass; none where there is nothing to check.</param>
/// <param name="Workloads">What is timed.</param>
/// <param name="Seed">Fixes orders and resamples.</param>
internal sealed record ServerCompareCampaign(
    ServerSubject First, ServerSubject Second, IReadOnlyList<ServerCorrectness> Correctness, IReadOnlyList<Workload> Workloads, ulong Seed)
    : ComparisonCampaign(Workloads, Seed)
{
    /// <inheritdoc/>
    public override string Name => "compare, servers";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Head =>
    [
        $"A {Describe(First.Info)}",
        $"B {Describe(Second.Info)}",
        Invariant($"seed {Seed}; client: {RunEnvironment.Current.Machine}"),
    ];

    /// <inheritdoc/>
    protected override async Task<Part> PlayAsync(ICampaignProgress progress, CancellationToken cancellation)
    {
        var parts = new List<Part>();
        foreach (ServerCorrectness correctness in Correctness) parts.Add(await correctness.RunAsync(Policy, progress, cancellation));
        Part part = Compare(First, Second, planted: null, CheckedOf(parts), progress, cancellation);
        return part with
        {
            Content = [.. part.Content, .. LatencyTable.Of(First, Workloads), .. LatencyTable.Of(Second, Workloads)],
        };
    }

    private CheckedFirst CheckedOf(IReadOnlyList<Part> parts)
    {
        if (parts is not [var a, var b]) return new CheckedFirst([], [], []);
        CompareRow row = new(
            $"bleed np {string.Join(',', Correctness[0].Options.Slots)}", Cell.TextOf(a.Verdict), Cell.TextOf(b.Verdict), "",
            Cell.TextOf(Part.VerdictOf(parts)));
        return new CheckedFirst(
            [row], [.. parts.SelectMany(part => part.Findings)],
            [.. parts.Zip("AB").Where(pair => pair.First.Verdict == Verdict.Inconclusive)
                .Select(pair => new Note($"{pair.Second}, bleed: {pair.First.Basis}"))]);
    }

    private static string Describe(ServerInfo server) =>
        $"{server.Address}: {server.Name}, model {server.Model ?? BugReport.NotReported}, slots {BugReport.Reported(server.Slots)}";
}
