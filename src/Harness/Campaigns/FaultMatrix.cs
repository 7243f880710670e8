using System.Diagnostics;
using Gdn.Harness.Checks;
using Gdn.Harness.Engines;
using Gdn.Harness.Faults;
using Gdn.Harness.Findings;
using Gdn.Harness.Kernels.Cases;
using Gdn.Harness.Kernels.Checks;
using Gdn.Harness.Models;
using Gdn.Harness.Schedules;
using Gdn.Harness.Schedules.Generation;
using Gdn.Reference.Kernels;

namespace Gdn.Harness.Campaigns;

/// <summary>
/// The harness's own test: which check catches which fault after how many random cases, and that none flags a control.
/// </summary>
/// <param name="Seed">Names every case.</param>
public sealed record FaultMatrix(ulong Seed)
{
    // Schedules between two looks at the results and the clock.
    private const int Wave = 32;

    private const string Cpu = "cpu";

    private const int MaxSlots = 8, KernelCases = 64;

    private const long MaxKernelWork = 30_000;

    /// <summary>The engine that faults are planted into, without them.</summary>
    public string Engine { get; init; } = Cpu;

    /// <summary>Schedules that every fault and control is run on, whatever they show.</summary>
    public int Schedules { get; init; } = 256;

    /// <summary>Schedules after which a fault that no check has caught has escaped.</summary>
    public int MaxSchedules { get; init; } = 1_000_000;

    /// <summary>Time after which a fault that no check has caught has escaped.</summary>
    public TimeSpan TimeLimit { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The number of slots that schedules take in turn.</summary>
    public IReadOnlyList<int> Slots { get; init; } = [.. Enumerable.Range(1, MaxSlots)];

    /// <summary>Whether the first failing schedule is shrunk and explained.</summary>
    public bool Shrinks { get; init; } = true;

    /// <summary>What faults are planted into.</summary>
    public static LoadedModel Model { get; } = LoadedModel.Load("synth:qwen35:1:small");

    /// <summary>Whether a fault or control can be planted: those of the seamed engine run on the CPU alone.</summary>
    public bool Takes(Fault fault) => Engine == Cpu || fault.Plant is not null;

    /// <summary>Runs one fault or control.</summary>
    /// <param name="fault">It.</param>
    /// <param name="isControl">Whether nothing may flag it.</param>
    /// <param name="cancellation">Ends the run early; the row then says what was found so far.</param>
    public FaultRow Run(Fault fault, bool isControl, CancellationToken cancellation)
    {
        var row = new FaultRow(fault, isControl);
        var watch = Stopwatch.StartNew();
        if (fault.Levels.HasFlag(FaultLevels.Kernel)) RunKernel(row, watch, cancellation);
        if (fault.Levels.HasFlag(FaultLevels.Model)) RunSchedules(row, watch, cancellation);
        row.Completed = !cancellation.IsCancellationRequested;
        return row;
    }

    private NamedEngine Planted(Fault fault) => EngineCatalog.Parse($"{Engine}+fault:{fault.Id}");

    private void RunKernel(FaultRow row, Stopwatch watch, CancellationToken cancellation)
    {
        using NamedEngine faulty = Planted(row.Entry);
        using IKernelEngine engine = faulty.CreateKernel();
        KernelCaseSampler sampler = KernelCaseSampler.For(engine, MaxKernelWork);
        for (int i = 0; i < KernelCases && !cancellation.IsCancellationRequested; i++)
        {
            KernelResult result = KernelCheck.Run(engine, sampler.Draw(Seed, i));
            row.KernelCases++;
            if (result.Findings.Count == 0) continue;
            row.Add(
                new FaultHit("kernel", i + 1, watch.Elapsed.TotalSeconds),
                string.Join(", ", result.Findings.Select(finding => finding.Property.ToString()).Distinct().Order()));
            return;
        }
    }

    private void RunSchedules(FaultRow row, Stopwatch watch, CancellationToken cancellation)
    {
        using NamedEngine engine = Planted(row.Entry);
        var schedules = new ScheduleSource(Seed, [.. Slots.Select(slots => (ScheduleRules)Model.Limits(slots))]);
        CaseResult? first = null;
        bool GoesOn() => row.Schedules < Schedules
            || (!row.IsControl && row.Hits.Count == 0 && row.Schedules < MaxSchedules && watch.Elapsed < TimeLimit);
        while (GoesOn())
        {
            int start = row.Schedules;
            IReadOnlyList<CaseResult> results = ModelCaseRunner.Run(
                [.. Enumerable.Range(start, Wave).Select(index => (Func<ModelCase>)(() => new ModelCase(schedules[index], engine, Model)))],
                ModelChecks.All, null, cancellation);
            if (cancellation.IsCancellationRequested) return;
            for (int i = 0; i < results.Count; i++)
                foreach (CheckFailure failure in results[i].Failures)
                    row.Add(
                        new FaultHit(failure.Check.Name, start + i + 1, watch.Elapsed.TotalSeconds),
                        Finding.Of(failure.Check.Name, engine.Name, failure.Discrepancy).Summary, results[i].Case.Schedule.Slots);
            first ??= results.FirstOrDefault(result => result.Failures.Count > 0);
            row.Schedules += results.Count;
        }

        if (first is not null && Shrinks)
            row.Shrunk = ShrunkFault.Of(
                row.Entry, FindingShrinker.Shrink(first.Case, first.Failures[0], Seed, left: null, cancellation));
    }
}
