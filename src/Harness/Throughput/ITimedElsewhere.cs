namespace Gdn.Harness.Throughput;

/// <summary>An engine that runs in another process: it is timed there, so that no message between processes is.</summary>
internal interface ITimedElsewhere
{
    /// <summary>Runs a workload there.</summary>
    WorkloadTimes Time(Workload workload, int batchTokens);

    /// <summary>Runs <see cref="FixedWork"/> there.</summary>
    PhaseTime TimeFixedWork();
}
