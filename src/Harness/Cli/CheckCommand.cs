using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Gdn.Harness.Campaigns;
using Gdn.Harness.Engines;
using Gdn.Harness.Engines.Isolation;
using Gdn.Harness.Export;
using Gdn.Harness.Findings;
using Gdn.Harness.Kernels.Cases;
using Gdn.Harness.Models;
using Gdn.Harness.Reports;
using Gdn.Harness.Schedules;
using Gdn.Reference;
using Gdn.Reference.Engines;
using Gdn.Reference.Kernels;

namespace Gdn.Harness.Cli;

/// <summary><c>check</c>: random schedules against every check.</summary>
internal static class CheckCommand
{
    private const int DefaultCases = 500;

    // Of the time that is left then, conv cases get this much: there is less that can go wrong.
    private const double ConvShare = 0.05;

    // Of the time given, kernel cases get this much: they are cheap, and fail early if at all.
    private const double KernelShare = 0.2;

    // And of what is left, schedules on the small model: they are many times as many.
    private const double SmallModelShare = 0.75;

    // For a call that is under way when the time is over, and for what was found last; then engines are ended.
    private static readonly TimeSpan Overtime = TimeSpan.FromSeconds(30);

    public static Command Create()
    {
        Option<string> engine = CommonOptions.Engine(), model = CommonOptions.Model(), output = CommonOptions.Out();
        Option<int> cases = CommonOptions.Count(
            "--cases", "Number of random schedules, and of kernel cases; no limit if only --time is given.", DefaultCases);
        Option<int?> kernelCases = CommonOptions.Count(
            "--kernel-cases", "Number of random kernel cases, if it differs from --cases.");
        Option<ShapeSelection?> shapes = new("--shapes")
        {
            Description =
                "Shapes of kernel cases: production (a fixed sweep), random, or both, within sizes and ranges of T, n, Hk, Hv, K, V "
                + "and p, and of tiled, grouped, head (one gate) and channel; for example K128,V128,T1..300. [default: all]",
            HelpName = "SHAPES",
            CustomParser = result => CommonOptions.Parse(result, ShapeSelection.Parse),
        };
        Option<TimeSpan?> time = CommonOptions.Time();
        Option<ulong?> seed = CommonOptions.Seed();
        Option<string> np = CommonOptions.Parallel("1..8");
        Option<(int Index, int Count)?> shard = new("--shard")
        {
            Description = "Run only part i of n, counted from 1.",
            HelpName = "i/n",
            CustomParser = result => CommonOptions.Parse<(int, int)?>(result, text => Shard(text)),
        };
        Option<string?> export = new("--export")
        {
            Description = "Write the kernel cases with expected values to this folder instead of running them; needs no engine.",
            HelpName = "DIR",
        };
        Option<KernelPrecision?> precision = new("--precision")
        {
            Description =
                "Precision that --export allows errors for: STATE,INPUTS,ARITHMETIC[,CHUNK] of f32, f16 and bf16; the state also "
                + "q8 or q4, with the elements that share a scale, q8/32, and when it is rounded, q8/32@token or bf16@call. "
                + "[default: what the engine declares, f32,f32,f32,1 without one]",
            HelpName = "P",
            CustomParser = result => CommonOptions.Parse(result, KernelPrecision.Parse),
        };
        Option<string?> corpus = new("--corpus")
        {
            Description = "Folder of replay files (.json) and schedules (.txt) to try first, after those that ship with the tool.",
            HelpName = "DIR",
        };
        Option<string?> known = CommonOptions.Known();
        Option<int?> maxFindings = CommonOptions.MaxFindings();
        Option<TimeSpan?> timeout = CommonOptions.EngineTimeout();
        ReportOptions reports = new();
        var command = new Command(
            "check",
            "Past failures, random kernel cases and random schedules against an engine: non-interference, differential, "
            + "metamorphic.")
        {
            engine, model, cases, kernelCases, shapes, time, seed, np, shard, corpus, known, maxFindings, timeout, export, precision,
            output,
        };
        reports.AddTo(command);
        command.Validators.Add(result =>
        {
            if (result.GetResult(engine) is null && result.GetResult(export) is null)
                result.AddError("--engine is missing; name one, for example --engine cpu");
        });
        command.SetAction(async (parsed, cancellation) =>
        {
            TimeSpan? budget = parsed.GetValue(time);
            using var timeOver = new CancellationTokenSource();
            if (budget is { } limit) timeOver.CancelAfter(limit + Overtime);
            using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation, timeOver.Token);
            using NamedEngine engineSpec = Loaded(
                parsed.GetValue(engine) ?? "reference", CommonOptions.IsolationOf(parsed, timeout, ended.Token), cancellation);
            if (parsed.GetValue(export) is { } folder)
            {
                var exporting = new KernelExport(
                    CommonOptions.SeedOf(parsed, seed), parsed.GetValue(kernelCases) ?? parsed.GetValue(cases))
                {
                    Precision = parsed.GetValue(precision),
                };
                var exportSession = new Session("check", exporting.Seed, folder, reports.Of(parsed));
                await exportSession.RunAsync(new ExportCampaign(engineSpec, exporting, folder), cancellation);
                return await exportSession.FinishAsync();
            }

            (int Index, int Count) part = parsed.GetValue(shard) ?? (0, 1);
            bool untilTime = budget is not null && !CommonOptions.IsGiven(parsed.CommandResult, cases.Name);
            LoadedModel main = LoadedModel.Load(parsed.GetRequiredValue(model));
            // A schedule on a small model costs a sixth, and what a fault does to states is the same in any size.
            LoadedModel? small = untilTime && !CommonOptions.IsGiven(parsed.CommandResult, model.Name) && engineSpec.RunsModels
                ? LoadedModel.Load(LoadedModel.Smaller(main).Last())
                : null;
            var options = new ScheduleOptions(
                engineSpec,
                main,
                CommonOptions.SeedOf(parsed, seed),
                untilTime ? int.MaxValue : parsed.GetValue(cases),
                CommonOptions.ParallelOf(parsed, np),
                budget,
                part.Index,
                part.Count);
            IReadOnlyList<Schedule> pastFailures =
                [.. PastFailures.Shipped(), .. parsed.GetValue(corpus) is { } own ? PastFailures.In(own) : []];
            var session = new Session(
                "check", options.Seed, parsed.GetRequiredValue(output), reports.Of(parsed))
            {
                Policy = CommonOptions.PolicyOf(parsed, known, maxFindings),
                TimeOver = timeOver.Token,
            };
            await RunAsync(
                session, engineSpec, small is not null && Takes(engineSpec, small) ? [small, main] : [main], options,
                new KernelCaseRunner(options.Seed, parsed.GetValue(kernelCases) ?? options.Cases)
                {
                    Shapes = parsed.GetValue(shapes) ?? ShapeSelection.All,
                    Shard = options.Shard,
                    Shards = options.Shards,
                },
                pastFailures, cancellation);
            return await session.FinishAsync();
        });
        return command;
    }

    private static NamedEngine Loaded(string engine, IsolationOptions isolation, CancellationToken byUser)
    {
        try
        {
            return EngineCatalog.Parse(engine, isolation);
        }
        catch (OperationCanceledException) when (!byUser.IsCancellationRequested)
        {
            throw new EnvironmentException(
                engine, "was not loaded before --time was over", "give more --time, or see what the engine does while it loads");
        }
    }

    private static async Task RunAsync(
        Session session, NamedEngine engine, IReadOnlyList<LoadedModel> models, ScheduleOptions options,
        KernelCaseRunner kernels, IReadOnlyList<Schedule> pastFailures, CancellationToken cancellation)
    {
        var watch = Stopwatch.StartNew();
        TimeSpan? Left() => options.TimeLimit - watch.Elapsed;
        session.PlannedParts = (engine.RunsModels ? 1 + models.Count : 0) + (engine.HasKernel ? 1 : 0) + (engine.HasConv ? 1 : 0);
        if (engine.RunsModels)
            await session.RunAsync(
                new ScheduleCampaign(options with
                {
                    Model = models[0],
                    Cases = pastFailures.Count,
                    Given = pastFailures,
                }),
                cancellation);
        if (engine.HasKernel)
            await session.RunAsync(
                new KernelCampaign(
                    engine, kernels with { TimeLimit = engine.RunsModels ? Left() * KernelShare : options.TimeLimit }),
                cancellation);
        else session.LeaveOut("kernel cases", $"{engine.Name} has no kernel of its own");
        if (engine.HasConv)
            await session.RunAsync(new ConvCampaign(engine, kernels with { TimeLimit = Left() * ConvShare }), cancellation);
        if (!engine.RunsModels) session.LeaveOut("schedules", $"{engine.Name} offers only a kernel");
        // What is wrong on a small model need not be looked for again on a larger one.
        var verdict = Verdict.Clean;
        for (int m = 0; m < models.Count && engine.RunsModels && verdict != Verdict.Dirty; m++)
        {
            // Other schedules for each model.
            ulong seed = m == 0 ? options.Seed : SeededRandom.Derive(options.Seed, (ulong)m);
            TimeSpan? limit = m < models.Count - 1 ? Left() * SmallModelShare : Left();
            ScheduleOptions share = options with { Model = models[m], Seed = seed, TimeLimit = limit };
            verdict = await session.RunAsync(new ScheduleCampaign(share), cancellation);
        }
    }

    private static bool Takes(NamedEngine engine, LoadedModel model)
    {
        try
        {
            using IModelEngine instance = engine.Create(model.Options(1, 1));
            return true;
        }
        catch (InputException)
        {
            return false;
        }
        catch (Exception e) when (e is not EnvironmentException)
        {
            // It fails of it: a matter for the checks.
            return true;
        }
    }

    private static (int Index, int Count) Shard(string text)
    {
        string[] parts = text.Split('/');
        return parts.Length == 2
            && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out int index)
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int count)
            && index >= 1 && index <= count
            ? (index - 1, count)
            : throw new InputException("--shard", $"'{text}' is not a part", "write i/n with i from 1 to n, for example 2/4");
    }
}
