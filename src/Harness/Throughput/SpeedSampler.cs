using Gdn.Reference;

namespace Gdn.Harness.Throughput;

/// <summary>
/// Times workloads on several engines side by side, in rounds: each of them once on each engine, in an order drawn anew. In every round the
/// engines are made anew, since where their memory happens to lie can matter more than anything measured; all of them exist at a time.
/// </summary>
/// <param name="engines">The engines, or servers.</param>
/// <param name="workloads">The workloads.</param>
/// <param name="seed">Fixes the orders.</param>
internal sealed class SpeedSampler(IReadOnlyList<ISpeedSubject> engines, IReadOnlyList<Workload> workloads, ulong seed)
{
    private const int WarmAnswer = 4, MostRuns = 5;

    private readonly SeededRandom _random = new(seed);
    private readonly int _positions = checked((int)workloads.Max(workload => workload.Positions));
    private bool _isWarm;

    /// <summary>How long a sample lasts at least, where a few runs are enough for that.</summary>
    public TimeSpan Sample { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The samples so far.</summary>
    public SpeedSamples Samples { get; private set; } = new(engines.Count, workloads.Count);

    /// <summary>Takes samples. The first round of all is thrown away.</summary>
    /// <param name="rounds">Rounds to keep.</param>
    /// <param name="step">Called after each round that is kept.</param>
    /// <param name="cancellation">Ends it after a workload; the round is thrown away.</param>
    /// <exception cref="InputException">An engine cannot be made for a workload.</exception>
    /// <exception cref="TimingFailedException">An engine failed.</exception>
    public void Run(int rounds, Action step, CancellationToken cancellation)
    {
        if (!_isWarm && Round(cancellation))
        {
            _isWarm = true;
            Samples = new SpeedSamples(engines.Count, workloads.Count);
        }

        for (int round = 0; round < rounds && Round(cancellation); round++)
        {
            Samples.Complete();
            step();
        }
    }

    private bool Round(CancellationToken cancellation)
    {
        int[][] groups = [.. Enumerable.Range(0, workloads.Count).GroupBy(i => workloads[i].Slots).Select(group => group.ToArray())];
        _random.Shuffle(groups.AsSpan());
        for (int i = 0; i < groups.Length; i++)
            if (!Play(groups[i], isFirst: i == 0, cancellation)) return false;
        return true;
    }

    // Workloads of one np.
    private bool Play(int[] group, bool isFirst, CancellationToken cancellation)
    {
        var made = new ISpeedSession?[engines.Count];
        try
        {
            int slots = workloads[group[0]].Slots;
            Workload largest = group.Select(i => workloads[i]).MaxBy(workload => workload.Active.Count * workload.Prompt)!;
            foreach (int engine in Shuffled(engines.Count))
            {
                if (cancellation.IsCancellationRequested) return false;
                made[engine] = engines[engine].Open(slots, _positions);
                Time(engine, made[engine]!, largest with { Depth = 0, Answer = Math.Min(WarmAnswer, largest.Answer) });
            }

            if (isFirst) TakeFixed(made);
            _random.Shuffle(group.AsSpan());
            foreach (int workload in group)
                if (!Take(workload, made, cancellation)) return false;
            return true;
        }
        finally
        {
            foreach (ISpeedSession? engine in made) engine?.Dispose();
        }
    }

    // A sample is the median of several runs of a short workload, in turns with the other engines.
    private bool Take(int workload, ISpeedSession?[] made, CancellationToken cancellation)
    {
        List<WorkloadTimes>[] runs = [.. engines.Select(_ => new List<WorkloadTimes>())];
        for (int run = 0; run == 0 || (run < MostRuns && runs.Min(list => list.Sum(Wall)) < Sample.TotalSeconds); run++)
            foreach (int engine in Shuffled(engines.Count))
            {
                if (cancellation.IsCancellationRequested) return false;
                runs[engine].Add(Time(engine, made[engine]!, workloads[workload]));
            }

        for (int engine = 0; engine < runs.Length; engine++)
            Samples.Add(engine, workload, new WorkloadTimes(
                Median(runs[engine].Select(times => times.Prompt)), Median(runs[engine].Select(times => times.Answer))));
        return true;
    }

    private void TakeFixed(ISpeedSession?[] made)
    {
        List<PhaseTime>[] runs = [.. engines.Select(_ => new List<PhaseTime>())];
        for (int run = 0; run < MostRuns; run++)
            foreach (int engine in Shuffled(engines.Count)) runs[engine].Add(made[engine]!.TimeFixedWork());
        for (int engine = 0; engine < runs.Length; engine++) Samples.AddFixed(engine, Median(runs[engine]));
    }

    private static double Wall(WorkloadTimes times) => times.Prompt.Wall + times.Answer.Wall;

    private static PhaseTime Median(IEnumerable<PhaseTime> times)
    {
        PhaseTime[] sorted = [.. times.OrderBy(time => time.Seconds)];
        return sorted[sorted.Length / 2];
    }

    private WorkloadTimes Time(int index, ISpeedSession engine, Workload workload)
    {
        try
        {
            return engine.Time(workload);
        }
        catch (Exception e) when (e is not (InputException or EnvironmentException or OperationCanceledException))
        {
            throw new TimingFailedException(engines[index].Name, workload, e);
        }
    }

    private int[] Shuffled(int count)
    {
        int[] order = [.. Enumerable.Range(0, count)];
        _random.Shuffle(order.AsSpan());
        return order;
    }
}
