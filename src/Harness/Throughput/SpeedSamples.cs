namespace Gdn.Harness.Throughput;

/// <summary>Which of the two phases of a workload.</summary>
public enum Phase
{
    /// <summary>PP: reading prompts.</summary>
    Prompt,

    /// <summary>TG: answering.</summary>
    Answer,
}

/// <summary>Times of workloads on several engines, taken in rounds: sample i of all of them was taken in round i.</summary>
/// <param name="engines">How many engines.</param>
/// <param name="workloads">How many workloads.</param>
internal sealed class SpeedSamples(int engines, int workloads)
{
    private readonly List<WorkloadTimes>[,] _times = Lists<WorkloadTimes>(engines, workloads);
    private readonly List<PhaseTime>[,] _fixed = Lists<PhaseTime>(engines, 1);

    /// <summary>Rounds that are complete.</summary>
    public int Rounds { get; private set; }

    /// <summary>The part of all measured time in which other processes had the processor.</summary>
    public double Waiting => Measured.Wall > 0 ? Measured.Waited / Measured.Wall : 0;

    /// <summary>All measured time.</summary>
    public PhaseTime Measured { get; private set; }

    /// <summary>Takes in the times of a workload.</summary>
    public void Add(int engine, int workload, WorkloadTimes times)
    {
        _times[engine, workload].Add(times);
        Measured += times.Prompt + times.Answer;
    }

    /// <summary>Takes in the time of the work that is the same for all.</summary>
    public void AddFixed(int engine, PhaseTime time) => _fixed[engine, 0].Add(time);

    /// <summary>Says that a round is complete.</summary>
    public void Complete() => Rounds++;

    /// <summary>Seconds of a phase, by round.</summary>
    public double[] Seconds(int engine, int workload, Phase phase) => [.. _times[engine, workload].Take(Rounds)
        .Select(times => (phase == Phase.Prompt ? times.Prompt : times.Answer).Seconds)];

    /// <summary>Seconds of the work that is the same for all, by round.</summary>
    public double[] FixedSeconds(int engine) => [.. _fixed[engine, 0].Take(Rounds).Select(time => time.Seconds)];

    private static List<T>[,] Lists<T>(int rows, int columns)
    {
        var lists = new List<T>[rows, columns];
        for (int i = 0; i < rows; i++)
            for (int j = 0; j < columns; j++) lists[i, j] = [];
        return lists;
    }
}
