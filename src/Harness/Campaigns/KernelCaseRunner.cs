using System.Diagnostics;
using Gdn.Harness.Kernels.Cases;
using Gdn.Harness.Kernels.Checks;
using Gdn.Reference;
using Gdn.Reference.Kernels;

namespace Gdn.Harness.Campaigns;

/// <summary>Many seeded cases against one engine.</summary>
/// <param name="Seed">Fixes every case, together with what the engine supports.</param>
/// <param name="Cases">How many random ones, over all shards.</param>
public sealed record KernelCaseRunner(ulong Seed, int Cases)
{
    // Reached only where calls hang.
    private static readonly TimeSpan MostForShrinking = TimeSpan.FromMinutes(1);

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
    public int MaxFailures { get; init; } = 5;

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
        var findings = new List<KernelFinding>();
        int done = 0, failed = 0;
        var watch = Stopwatch.StartNew();
        begin?.Invoke(Cases == int.MaxValue ? null : (int)(count / Shards));
        try
        {
            for (long i = Shard; i < count && failed < MaxFailures && !cancellation.IsCancellationRequested; i += Shards)
            {
                if (watch.Elapsed > TimeLimit) break;
                KernelCase @case = i < sweep.Count ? sweep[(int)i] : sampler.Draw(Seed, (int)(i - sweep.Count));
                KernelResult result = KernelCheck.Run(engine, @case);
                bool clean = result.Findings.Count == 0;
                regimes[@case.Regime] = regimes[@case.Regime].With(clean, result.Use);
                covered.Add(@case.Shape, isProduction: i < sweep.Count);
                if (!clean)
                {
                    failed++;
                    findings.AddRange(Shrunk(engine, @case, result.Findings, TimeLimit - watch.Elapsed));
                }

                done++;
                progress?.Invoke(done, failed);
            }
        }
        catch (OperationCanceledException)
        {
            // In the middle of a call of a foreign engine.
        }

        return new KernelCaseResults(done, failed, regimes, findings, covered);
    }

    // What the smallest case shows that violates one of the same properties.
    private static IReadOnlyList<KernelFinding> Shrunk(
        IKernelEngine engine, KernelCase @case, IReadOnlyList<KernelFinding> findings, TimeSpan? left)
    {
        TimeSpan limit = ShrinkingTime.Of(left, MostForShrinking);
        KernelProperty[] properties = [.. findings.Select(f => f.Property)];
        var watch = Stopwatch.StartNew();
        KernelShrinker.Shrink(engine, @case, candidate =>
        {
            if (watch.Elapsed > limit) return false;
            IReadOnlyList<KernelFinding> found = KernelCheck.Run(engine, candidate).Findings;
            bool fails = found.Any(f => properties.Contains(f.Property));
            if (fails) findings = found;
            return fails;
        });
        return findings;
    }
}
