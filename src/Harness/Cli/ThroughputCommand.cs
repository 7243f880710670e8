using System.CommandLine;
using System.Globalization;
using System.Text.RegularExpressions;
using Gdn.Harness.Campaigns;
using Gdn.Harness.Clients;
using Gdn.Harness.Engines;
using Gdn.Harness.Kernels.Timing;
using Gdn.Harness.Models;
using Gdn.Harness.Throughput;
using Gdn.Reference;
using Gdn.Reference.Kernels;
using Gdn.Reference.Operators;
using static System.FormattableString;

namespace Gdn.Harness.Cli;

/// <summary><c>throughput</c>: how fast is it, and how far from what the machine allows?</summary>
internal static partial class ThroughputCommand
{
    // Decode with 1 to 8 sequences, a short and a long prompt, and the long one cut into four.
    private const string DefaultShapes = "1x1,2x1,4x1,8x1,1x64,1x512,4x128";
    private const string DefaultSlots = "1,2,4", DefaultDepths = "0,512";
    private const int DefaultKernelRounds = 20, DefaultRounds = 10, DefaultToolRuns = 3, LeastRounds = 5, LeastToolRuns = 2;
    private const double DefaultMargin = 3;

    private static readonly Option<bool> Kernel = new("--kernel")
    {
        Description = "Time the delta rule alone, and compare it with what the machine allows.",
    };

    private static readonly Option<string> Engines = new("--engine")
    {
        Description =
            "Engines to time side by side, comma-separated; the others are compared with the first. Whole models: as in 'check'. With "
            + "--kernel: cpu, cuda (cuda:cpu runs its kernels on the CPU) and ggml:DIR.",
        HelpName = "E,...",
        DefaultValueFactory = _ => "cpu",
    };

    private static readonly Option<string?> Tool = new("--tool")
    {
        Description = "A llama-bench, llama-batched-bench or llama-sweep-bench program to run in place of an engine, and to read.",
        HelpName = "PATH",
    };

    private static readonly Argument<string[]> ToolArguments = new("ARGUMENT")
    {
        Description = "After --: arguments for --tool, for example -m any.gguf -p 512 -n 128.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private static readonly Option<string> Model = CommonOptions.Model(), Slots = CommonOptions.Parallel(DefaultSlots);

    private static readonly Option<IReadOnlyList<int>> Depths = WorkloadOptions.Depths(DefaultDepths);
    private static readonly Option<int> Prompt = WorkloadOptions.Prompt(), Answer = WorkloadOptions.Answer();

    private static readonly Option<IReadOnlyList<(int Sequences, int Tokens)>> Shapes = new("--shapes")
    {
        Description = $"With --kernel: sequences x tokens of each, comma-separated. [default: {DefaultShapes}]",
        HelpName = "NxT,...",
        CustomParser = result => CommonOptions.Parse(result, ParseShapes)!,
    };

    private static readonly Option<int>
        ValueHeads = CommonOptions.Count("--value-heads", "With --kernel: Hv.", 32),
        KeyHeads = CommonOptions.Count("--key-heads", "With --kernel: Hk; divides Hv.", 16),
        Dim = CommonOptions.Count("--dim", "With --kernel: dimension of keys and values of a head.", 128);

    private static readonly Option<bool> PerChannel = new("--kda")
    {
        Description = "With --kernel: a gate per key channel instead of one per head.",
    };

    private static readonly Option<string> Threads = new("--threads")
    {
        Description = "With --kernel: numbers of threads. Those of whole models follow the engine's name: cpu+threads:2.",
        HelpName = "N,...",
        DefaultValueFactory = _ => "1",
    };

    private static readonly Option<int?> Rounds = CommonOptions.Count(
        "--pairs", Invariant($"Rounds, each with one sample of every engine. [default: {DefaultRounds}, --kernel {DefaultKernelRounds}, --tool {DefaultToolRuns}]"));

    private static readonly Option<double> Margin =
        CommonOptions.Percentage("--margin", "Differences up to this percentage do not matter.", DefaultMargin);

    private static readonly ServerArguments Server = new();
    private static readonly Option<TimeSpan?> EngineTimeout = CommonOptions.EngineTimeout();
    private static readonly Option<ulong?> Seed = CommonOptions.Seed();
    private static readonly Option<string> Out = CommonOptions.Out();
    private static readonly ReportOptions Reports = new();

    private static readonly string[] OfKernels =
        [Shapes.Name, ValueHeads.Name, KeyHeads.Name, Dim.Name, PerChannel.Name, Threads.Name];

    private static readonly string[] OfModels = [Model.Name, Slots.Name, Depths.Name, Prompt.Name, Answer.Name, EngineTimeout.Name];

    public static Command Create()
    {
        var command = new Command(
            "throughput", "Times whole models, or kernels (--kernel), against each other: prompts (PP) and answers (TG).")
        {
            ToolArguments, Engines, Tool, Model, Slots, Prompt, Answer, Depths, Kernel, Shapes, ValueHeads, KeyHeads, Dim, PerChannel, Threads, Rounds, Margin,
            Seed, EngineTimeout, Out,
        };
        Server.AddTo(command);
        Reports.AddTo(command);
        command.Validators.Add(result =>
        {
            if (CommonOptions.IsGiven(result, ServerArguments.ServerOption))
            {
                foreach (string option in (string[])
                    [Model.Name, Depths.Name, EngineTimeout.Name, .. OfKernels, Engines.Name, Kernel.Name, Tool.Name])
                    if (CommonOptions.IsGiven(result, option)) result.AddError($"{option} is of no use with {ServerArguments.ServerOption}");
                return;
            }

            if (result.GetValue(Tool) is not null)
            {
                foreach (string option in (string[])[.. OfModels, .. OfKernels, Engines.Name, Kernel.Name, Margin.Name])
                    if (CommonOptions.IsGiven(result, option))
                        result.AddError($"{option} is of no use with --tool: what the program is to do follows --");
                return;
            }

            if (result.GetValue(ToolArguments) is [var first, ..])
                result.AddError($"'{first}' is an argument for a program: name it with --tool");
            bool isKernel = result.GetValue(Kernel);
            foreach (string option in isKernel ? OfModels : OfKernels)
                if (CommonOptions.IsGiven(result, option))
                    result.AddError($"{option} is of no use {(isKernel ? "with" : "without")} --kernel");
        });
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        string? tool = parsed.GetValue(Tool);
        int least = tool is null ? LeastRounds : LeastToolRuns;
        if (parsed.GetValue(Rounds) < least)
            throw new InputException(
                Rounds.Name, "too few for an interval", Invariant($"use at least {least}, preferably {DefaultKernelRounds}"));
        ulong seed = CommonOptions.SeedOf(parsed, Seed);
        Session Start() => new("throughput", seed, parsed.GetRequiredValue(Out), Reports.Of(parsed));
        if (tool is not null)
        {
            Session session = Start();
            await session.RunAsync(
                new BenchToolCampaign(tool, parsed.GetRequiredValue(ToolArguments), parsed.GetValue(Rounds) ?? DefaultToolRuns, seed),
                cancellation);
            return await session.FinishAsync();
        }

        if (Server.AddressOf(parsed) is { } address) return await RunServerAsync(parsed, address, seed, Start, cancellation);
        return parsed.GetValue(Kernel)
            ? await RunKernelsAsync(parsed, seed, Start, cancellation)
            : await RunModelsAsync(parsed, seed, Start, cancellation);
    }

    private static async Task<int> RunModelsAsync(
        ParseResult parsed, ulong seed, Func<Session> start, CancellationToken cancellation)
    {
        var model = LoadedModel.Load(parsed.GetRequiredValue(Model));
        IReadOnlyList<Workload> workloads = WorkloadGrid.Of(
            CommonOptions.ParallelOf(parsed, Slots), parsed.GetValue(Depths) ?? WorkloadOptions.ParseDepths(DefaultDepths),
            parsed.GetValue(Prompt), parsed.GetValue(Answer));
        WorkloadOptions.Check(workloads, model);
        var engines = new List<NamedEngine>();
        try
        {
            foreach (string name in EngineCatalog.Split(parsed.GetRequiredValue(Engines)))
                engines.Add(EngineCatalog.ParseForModels(name, CommonOptions.IsolationOf(parsed, EngineTimeout, cancellation)));
            Session session = start();
            await session.RunAsync(
                new ThroughputCampaign(engines, model, workloads, parsed.GetValue(Rounds) ?? DefaultRounds, seed)
                {
                    Margin = parsed.GetValue(Margin) / 100,
                },
                cancellation);
            return await session.FinishAsync();
        }
        finally
        {
            foreach (NamedEngine engine in engines) engine.Dispose();
        }
    }

    private static async Task<int> RunServerAsync(
        ParseResult parsed, Uri address, ulong seed, Func<Session> start, CancellationToken cancellation)
    {
        Session session = start();
        using ICompletionClient client = await Server.ConnectAsync(parsed, address, cancellation);
        ServerSpeed server = await ServerSpeed.OfAsync(
            client, CommonOptions.IsGiven(parsed.CommandResult, Slots.Name) ? CommonOptions.ParallelOf(parsed, Slots) : null,
            parsed.GetValue(Prompt), parsed.GetValue(Answer), seed, cancellation);
        await session.RunAsync(
            new ServerThroughputCampaign(
                server.Subject, server.Correctness, server.Workloads, parsed.GetValue(Rounds) ?? DefaultRounds, seed)
            {
                Margin = parsed.GetValue(Margin) / 100,
            },
            cancellation);
        return await session.FinishAsync();
    }

    private static async Task<int> RunKernelsAsync(
        ParseResult parsed, ulong seed, Func<Session> start, CancellationToken cancellation)
    {
        var heads = new DeltaRuleShape(
            Tokens: 1, parsed.GetValue(KeyHeads), parsed.GetValue(ValueHeads), parsed.GetValue(Dim), parsed.GetValue(Dim),
            parsed.GetValue(PerChannel));
        if (heads.ValueHeads % heads.KeyHeads != 0)
            throw new InputException(
                "--key-heads", $"{heads.KeyHeads} does not divide the {heads.ValueHeads} value heads", "choose a divisor");
        var campaign = new KernelTimingCampaign(
            [.. parsed.GetRequiredValue(Engines).Split(',').Select(TimedEngine.Parse)],
            [.. (parsed.GetValue(Shapes) ?? ParseShapes(DefaultShapes)).Select(shape => new KernelShape(
                heads with { Tokens = shape.Tokens }, shape.Sequences, Planes: 0, HeadMap.Tiled, shape.Sequences))],
            IntRange.Parse(Threads.Name, parsed.GetRequiredValue(Threads)), parsed.GetValue(Rounds) ?? DefaultKernelRounds, seed)
        {
            Margin = parsed.GetValue(Margin) / 100,
        };
        Session session = start();
        await session.RunAsync(campaign, cancellation);
        return await session.FinishAsync();
    }

    private static IReadOnlyList<(int Sequences, int Tokens)> ParseShapes(string text) =>
        [.. text.Split(',').Select(ParseShape).Distinct()];

    private static (int Sequences, int Tokens) ParseShape(string text)
    {
        Match match = ShapeForm().Match(text);
        if (!match.Success)
            throw new InputException("--shapes", $"'{text}' is not a shape", "write sequences x tokens, for example 1x512,4x128");
        int Number(int group) => int.Parse(match.Groups[group].ValueSpan, CultureInfo.InvariantCulture);
        return (Number(1), Number(2));
    }

    [GeneratedRegex("^([1-9][0-9]{0,3})x([1-9][0-9]{0,4})$", RegexOptions.CultureInvariant)]
    private static partial Regex ShapeForm();
}
