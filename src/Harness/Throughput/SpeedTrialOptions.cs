namespace Gdn.Harness.Throughput;

/// <summary>How carefully two engines are compared.</summary>
internal sealed record SpeedTrialOptions
{
    /// <summary>Relative differences up to this do not matter.</summary>
    public double Margin { get; init; } = 0.02;

    /// <summary>Rounds of the first stage; each further stage has twice as many in all.</summary>
    public int Rounds { get; init; } = 8;

    /// <summary>After so many stages, what is not decided stays so.</summary>
    public int Stages { get; init; } = 3;

    /// <summary>No stage is begun that would end later than this.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a sample lasts at least, where a few runs of a workload are enough for that.</summary>
    public TimeSpan Sample { get; init; } = TimeSpan.FromMilliseconds(100);
}
