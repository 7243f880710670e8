using Gdn.Harness.Reports;
using Gdn.Harness.Throughput;
using Gdn.Harness.Throughput.Servers;

namespace Gdn.Harness.Campaigns;

/// <summary>How long clients of a server waited.</summary>
internal static class LatencyTable
{
    private const double Median = 0.5, Most = 0.95, Nearly = 0.99;

    private static readonly TableOf<(Workload Workload, Latencies Latencies)> Rows =
        new TableOf<(Workload Workload, Latencies Latencies)>("latency")
            .Left("sequences", "B", row => row.Workload.Sequences)
            .Right("prompt", "PP", row => row.Workload.Prompt)
            .Right("requests", "requests", row => row.Latencies.Requests)
            .Right("ttft50", "TTFT p50", row => Milliseconds(row.Latencies.FirstToken(Median)), unit: "ms")
            .Right("ttft95", "TTFT p95", row => Milliseconds(row.Latencies.FirstToken(Most)), unit: "ms")
            .Right("itl50", "ITL p50", row => Milliseconds(row.Latencies.BetweenTokens(Median)), unit: "ms")
            .Right("itl95", "ITL p95", row => Milliseconds(row.Latencies.BetweenTokens(Most)), unit: "ms")
            .Right("itl99", "ITL p99", row => Milliseconds(row.Latencies.BetweenTokens(Nearly)), unit: "ms");

    /// <summary>The table of what was run; with a note where prompts are only about as long as they should be.</summary>
    public static IEnumerable<IPartContent> Of(ServerSubject server, IReadOnlyList<Workload> workloads)
    {
        if (workloads.All(workload => server.LatenciesOf(workload) is null)) yield break;
        yield return new Note($"{server.Name}: time to the first token (TTFT) and between tokens (ITL), as a client sees them");
        yield return Rows.Of(workloads.Select(workload => (workload, server.LatenciesOf(workload)!)).Where(row => row.Item2 is not null));
        if (!server.IsExact)
            yield return new Note(
                "the server does not tell the tokens of a text: prompts have about as many as PP says, and S_PP is as exact as that");
    }

    private static double Milliseconds(double seconds) => Math.Round(1000 * seconds, 2);
}
