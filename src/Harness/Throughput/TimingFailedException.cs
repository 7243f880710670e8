namespace Gdn.Harness.Throughput;

/// <summary>An engine failed while it was timed.</summary>
/// <param name="engine">Its name.</param>
/// <param name="workload">The workload.</param>
/// <param name="inner">What it threw.</param>
internal sealed class TimingFailedException(string engine, Workload workload, Exception inner) : Exception(inner.Message, inner)
{
    /// <summary>The engine's name.</summary>
    public string Engine => engine;

    /// <summary>The workload.</summary>
    public Workload Workload => workload;
}
