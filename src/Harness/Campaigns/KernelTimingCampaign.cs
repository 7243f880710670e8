using System.Globalization;
using Gdn.Harness.Kernels.Cases;
using Gdn.Harness.Kernels.Checks;
using Gdn.Harness.Kernels.Timing;
using Gdn.Harness.Metrics;
using Gdn.Harness.Reports;
using Gdn.Reference;
using Gdn.Reference.Kernels;
using Gdn.Reference.Operators;

namespace Gdn.Harness.Campaigns;

/// <summary>
/// Times kernels side by side: on every shape, with every number of threads, each engine once a round in random order.
/// Shapes of equally many tokens share their rounds, so that they can be compared with each other too. Before anything is
/// timed, every engine is checked on the very calls to be timed.
/// </summary>
/// <param name="Engines">The first is what the others are compared with.</param>
/// <param name="Shapes">Sizes; no two alike.</param>
/// <param name="Threads">Numbers of threads.</param>
/// <param name="Rounds">Rounds to keep, at least 2.</param>
/// <param name="Seed">Fixes inputs, orders and resamples.</param>
public sealed record KernelTimingCampaign(
    IReadOnlyList<TimedEngine> Engines, IReadOnlyList<KernelShape> Shapes, IReadOnlyList<int> Threads, int Rounds, ulong Seed)
    : Campaign
{
    private readonly record struct Cell(string Engine, KernelShape Shape, Func<ITimedWork> SetUp);

    /// <summary>Relative differences up to this do not matter.</summary>
    public double Margin { get; init; } = 0.03;

    /// <summary>How long a sample lasts, about.</summary>
    public TimeSpan Sample { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>How often <see cref="Run"/> calls its argument.</summary>
    public int Steps => Threads.Count * (Engines.Count * Shapes.Count + Groups.Count() * (Rounds + 1));

    private IEnumerable<KernelShape[]> Groups => Shapes
        .GroupBy(shape => shape.Sequences * shape.Rule.Tokens)
        .Select(group => group.OrderBy(shape => shape.Sequences).ToArray());

    /// <inheritdoc/>
    public override string Name => "kernel timing";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Head =>
    [
        string.Create(
            CultureInfo.InvariantCulture, $"{string.Join(" and ", Engines.Select(engine => engine.Name))}, seed {Seed}"),
        string.Create(
            CultureInfo.InvariantCulture,
            $"heads: Hv {Heads.ValueHeads}, Hk {Heads.KeyHeads}, dim {Heads.KeyDim}, a gate per {KernelTimingPart.Gate(Heads)}"),
        $"machine: {RunEnvironment.Current.Machine}",
    ];

    private DeltaRuleShape Heads => Shapes[0].Rule;

    /// <inheritdoc/>
    protected override Task<Part> PlayAsync(ICampaignProgress progress, CancellationToken cancellation)
    {
        progress.Begin(Name, Steps);
        KernelTimingResult result = Run(progress.Step, cancellation);
        return Task.FromResult(new KernelTimingPart(this, result).ToPart());
    }

    /// <summary>Runs it.</summary>
    /// <exception cref="InputException">An engine does not run a shape.</exception>
    /// <exception cref="EnvironmentException">An engine's library is missing.</exception>
    public KernelTimingResult Run(Action step, CancellationToken cancellation)
    {
        var peaks = new Dictionary<int, double>();
        var timings = new List<KernelTiming>();
        var batching = new List<BatchingCost>();
        foreach (int threads in Threads)
        {
            ITimedKernelEngine[] engines = [.. Engines.Select(engine => engine.Create(threads))];
            try
            {
                KernelFinding[] findings = [.. Check(engines, step, cancellation)];
                if (cancellation.IsCancellationRequested) break;
                if (findings.Length > 0) return new KernelTimingResult(peaks, [], [], findings, Completed: true);

                peaks[threads] = HardwareProbe.MultiplyAdds(threads);
                foreach (KernelShape[] group in Groups)
                    Time(group, engines, threads, peaks[threads], timings, batching, step, cancellation);
            }
            finally
            {
                foreach (ITimedKernelEngine engine in engines) engine.Dispose();
            }
        }

        return new KernelTimingResult(peaks, timings, batching, [], !cancellation.IsCancellationRequested);
    }

    private KernelCase CaseOf(in KernelShape shape) => new(shape, InputRegime.SlowGates, Seed);

    private IEnumerable<KernelFinding> Check(
        ITimedKernelEngine[] engines, Action step, CancellationToken cancellation)
    {
        foreach (KernelShape shape in Shapes)
            for (int i = 0; i < engines.Length && !cancellation.IsCancellationRequested; i++)
            {
                KernelCase @case = CaseOf(shape);
                if (!engines[i].Supports(shape))
                    throw new InputException(
                        $"engine '{Engines[i].Name}'", $"it does not run {@case}", "time another shape");
                foreach (KernelFinding finding in KernelCheck.Run(engines[i], @case).Findings)
                    yield return finding;
                step();
            }
    }

    private void Time(
        KernelShape[] group, ITimedKernelEngine[] engines, int threads, double multiplyAdds, List<KernelTiming> timings,
        List<BatchingCost> batching, Action step, CancellationToken cancellation)
    {
        Cell[] cells = [.. group.SelectMany(shape => CellsOf(shape, engines))];
        var random = new SeededRandom(SeededRandom.Derive(Seed, (ulong)timings.Count));
        double[][] samples = new RandomizedRounds([.. cells.Select(cell => cell.SetUp)], Sample)
            .Run(Rounds, random, step, cancellation);
        // Interrupted too early to say anything.
        if (samples[0].Length < 2) return;
        KernelLimit[] limits = [.. group.Select(shape => KernelLimit.Measure(shape, threads, multiplyAdds))];
        for (int i = 0; i < cells.Length; i++)
        {
            (int engine, int shape) = (i % engines.Length, i / engines.Length);
            RatioEstimate? ratio = engine == 0 ? null : RatioEstimate.Of(samples[i], samples[i - engine], random);
            timings.Add(new KernelTiming(
                cells[i].Engine, engines[engine].Version, cells[i].Shape, threads,
                HodgesLehmann.Median(samples[i].ToArray()),
                engines[engine].Ceilings(KernelLimit.BytesOf(cells[i].Shape)) is { } ceilings
                    ? KernelLimit.Of(cells[i].Shape, ceilings)
                    : limits[shape],
                ratio));
            if (shape > 0)
                batching.Add(new BatchingCost(
                    cells[i].Engine, threads, cells[i].Shape, cells[engine].Shape,
                    RatioEstimate.Of(samples[i], samples[engine], random)));
        }
    }

    private IEnumerable<Cell> CellsOf(KernelShape shape, ITimedKernelEngine[] engines)
    {
        KernelData data = KernelData.Generate(CaseOf(shape));
        return engines.Select((engine, i) =>
            new Cell(Engines[i].Name, shape, () => engine.Prepare(data.Call(data.Pool, [], []))));
    }
}
