using System.Diagnostics;
using Gdn.Harness.Findings;
using Gdn.Harness.Kernels.Cases;
using Gdn.Harness.Kernels.Checks;
using Gdn.Harness.Kernels.Investigation;
using Gdn.Reference;
using Gdn.Reference.Kernels;

namespace Gdn.Harness.Campaigns;

/// <summary>Many seeded cases against one engine.</summary>
/// <param name="Seed">Fixes every case, together with what the engine supports.</param>
/// <param name="Cases">How many random ones, over all shards.</param>
public sealed record KernelCaseRunner(ulong Seed, int Cases)
{
    // Each failing case is made small, which takes its time.
    private const int MostFailuresLookedInto = 100;

    // For one bug; reached only where calls are slow.
    private static readonly TimeSpan MostForInvestigation = TimeSpan.FromSeconds(40);

    // After the first failure, for others.
    private static readonly TimeSpan MostForLookingOn = TimeSpan.FromSeconds(20);

    /// <summary>Largest <see cref="KernelShape.Work"/> of most random cases.</summary>
    public long MaxWork { get; init; } = 100_000;

    /// <summary>Which shapes are wanted; null for random ones alone, without the production sweep.</summary>
    public ShapeSelection? Shapes { get; init; }

    /// <summary>This shard runs the cases whose index leaves this remainder, from 0.</summary>
    public int Shard { get; init; }

    /// <summary>Number of shards.</summary>
    public int Shards { get; init; } = 1;

    /// <summary>No case starts later than this, and shrinking one ends soon after; null for no limit.</summary>
    public TimeSpan? TimeLimit { get; init; }

    /// <summary>Failing cases after which the run stops: more of them seldom say more.</summary>
    public int MaxFailures { get; init; } = 30;

    /// <summary>Bugs after which the run stops.</summary>
    public int MaxBugs { get; init; } = 5;

    /// <summary>The cases of a run that may go on after its first findings.</summary>
    internal KernelCaseRunner Under(FindingPolicy policy) =>
        policy.GoesOn ? this with { MaxFailures = MostFailuresLookedInto } : this;

    /// <summary>Runs the cases.</summary>
    /// <param name="engine">The kernel under test.</param>
    /// <param name="progress">Called after each case with how many are done, and how many of them failed.</param>
    /// <param name="begin">Called first, with the number of cases; null where only the time ends the run.</param>
    /// <param name="cancellation">Ends the run between two cases, with the result so far.</param>
    /// <exception cref="InputException">The engine supports no shape that was tried.</exception>
    public KernelCaseResults Run(
        IKernelEngine engine, Action<int, int>? progress = null, Action<int?>? begin = null, CancellationToken cancellation = default)
    {
        KernelCaseSampler sampler = KernelCaseSampler.For(engine, MaxWork, Shapes);
        (IReadOnlyList<KernelCase> sweep, IReadOnlyList<string> missing) = Shapes is { Production: true } ? sampler.Sweep(Seed) : ([], []);
        long count = sweep.Count + (Shapes is { Random: false } ? 0 : (long)Cases);
        var covered = new KernelCoverage(missing);
        var regimes = Enum.GetValues<InputRegime>().ToDictionary(r => r, _ => default(RegimeSummary));
        var failures = new KernelFailures(engine);
        int done = 0;
        Stopwatch watch = Stopwatch.StartNew(), lookingOn = new();
        begin?.Invoke(Cases == int.MaxValue ? null : (int)(count / Shards));
        try
        {
            for (long i = Shard; i < count && !IsEnough(failures, lookingOn) && !cancellation.IsCancellationRequested; i += Shards)
            {
                if (watch.Elapsed > TimeLimit) break;
                KernelCase @case = i < sweep.Count ? sweep[(int)i] : sampler.Draw(Seed, (int)(i - sweep.Count));
                KernelResult result = KernelCheck.Run(engine, @case);
                bool clean = result.Findings.Count == 0;
                regimes[@case.Regime] = regimes[@case.Regime].With(clean, result.Use);
                covered.Add(@case.Shape, isProduction: i < sweep.Count);
                if (!clean)
                {
                    lookingOn.Stop();
                    failures.Add(@case, result, ShrinkingTime.Of(TimeLimit - watch.Elapsed, MostForInvestigation));
                    lookingOn.Start();
                }

                LargeGarbage.CollectIfDue();
                done++;
                progress?.Invoke(done, failures.Cases);
            }
        }
        catch (OperationCanceledException)
        {
            // In the middle of a call of a foreign engine.
        }

        return new KernelCaseResults(done, failures.Cases, regimes, failures.Findings, covered);
    }

    private bool IsEnough(KernelFailures failures, Stopwatch lookingOn) =>
        failures.Cases >= MaxFailures || failures.Bugs >= MaxBugs || lookingOn.Elapsed > MostForLookingOn;
}
