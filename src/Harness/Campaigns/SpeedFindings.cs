using Gdn.Harness.Findings;
using Gdn.Harness.Throughput;
using static System.FormattableString;

namespace Gdn.Harness.Campaigns;

/// <summary>Findings of what times engines.</summary>
internal static class SpeedFindings
{
    /// <summary>An engine failed while it was timed.</summary>
    public static Finding Of(TimingFailedException failure) => new("throughput-failed", "throughput", failure.Engine)
    {
        Np = failure.Workload.Slots,
        Detail = Invariant($"with {failure.Workload.Sequences} sequences, {failure.Workload.Depth} tokens before, PP {failure.Workload.Prompt}, ")
            + Invariant($"TG {failure.Workload.Answer}: {EngineFailure.Describe(failure.InnerException!)}"),
        Fingerprint = "throughput/failed",
    };
}
