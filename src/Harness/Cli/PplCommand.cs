using System.CommandLine;
using Gdn.Harness.Campaigns;
using Gdn.Harness.Engines;
using Gdn.Harness.Models;
using Gdn.Harness.Perplexity;
using Gdn.Reference;
using static System.FormattableString;

namespace Gdn.Harness.Cli;

/// <summary><c>ppl</c>: is the perplexity of a text the same, however many sequences share a batch?</summary>
internal static class PplCommand
{
    private const int DefaultContext = 512, DefaultChunks = 16;
    private const double DefaultMargin = 0.1;

    private static readonly Option<string[]> Engines = new("--engine")
    {
        Description = "Engine to run, as in 'check'. Give it again for others, which are compared with the first. [default: cpu]",
        HelpName = "E",
    };

    private static readonly Option<string?> Tool = new("--tool")
    {
        Description = "A llama-perplexity program of llama.cpp or ik_llama.cpp to run in place of an engine.",
        HelpName = "PATH",
    };

    private static readonly Argument<string[]> ToolArguments = new("ARGUMENT")
    {
        Description = "After --: arguments for --tool, for example -t 1 -ngl 99.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private static readonly Option<string> Model = CommonOptions.Model();

    private static readonly Option<string> Sequences = new("--n-seq")
    {
        Description = "Numbers of sequences that share a batch; the first is what the others are compared with.",
        HelpName = "N,...",
        DefaultValueFactory = _ => "1,2,4,8",
    };

    private static readonly Option<string?> File = new("--file")
    {
        Description = "Text to score, UTF-8. [default: the test text of the shipped model]",
        HelpName = "F",
    };

    private static readonly Option<int> Context =
        CommonOptions.Count("--ctx", "Tokens of a chunk; the second half of each is scored.", DefaultContext);

    private static readonly Option<int> Chunks = CommonOptions.Count("--chunks", "Score at most so many chunks.", DefaultChunks);

    private static readonly Option<bool> PrefillOnly = new("--prefill-only")
    {
        Description = "Read the text at once only, not also token by token, as answers are.",
    };

    private static readonly Option<double> Margin = CommonOptions.Percentage(
        "--margin", "Differences of perplexity up to this percentage do not matter.", DefaultMargin);

    private static readonly Option<string?> Base = new("--kl-base")
    {
        Description = "A base file of llama-perplexity, or of --save-kl-base: runs are compared with it, on its text.",
        HelpName = "FILE",
    };

    private static readonly Option<string?> SavedBase = new("--save-kl-base")
    {
        Description = "Save what the first run predicts, for --kl-base here and --kl-divergence of llama-perplexity.",
        HelpName = "FILE",
    };

    private static readonly Option<double?> MostDivergence = CommonOptions.Positive(
        "--max-kl", "Mean Kullback-Leibler divergence that runs may have. [default: any]", "NATS");

    private static readonly Option<TimeSpan?> EngineTimeout = CommonOptions.EngineTimeout();

    private static readonly Option<string?> Known = CommonOptions.Known();

    private static readonly ReportOptions Reports = new();

    public static Command Create()
    {
        var command = new Command("ppl", "Perplexity as llama-perplexity counts it, and whether it depends on what shares a batch.")
        {
            ToolArguments, Engines, Tool, Model, Sequences, File, Context, Chunks, PrefillOnly, Margin, Base, SavedBase, MostDivergence,
            Known, EngineTimeout,
        };
        Reports.AddTo(command);
        command.Validators.Add(result =>
        {
            bool isTool = CommonOptions.IsGiven(result, Tool.Name);
            if (isTool && CommonOptions.IsGiven(result, Engines.Name)) result.AddError("give either --engine or --tool");
            foreach (string option in (string[])[Base.Name, SavedBase.Name, MostDivergence.Name])
                if (isTool && CommonOptions.IsGiven(result, option)) result.AddError($"{option} is of no use with --tool");
            foreach (string option in (string[])[File.Name, Context.Name])
                if (CommonOptions.IsGiven(result, Base.Name) && CommonOptions.IsGiven(result, option))
                    result.AddError($"{option} is of no use with {Base.Name}: the file has its text");
            if (CommonOptions.IsGiven(result, MostDivergence.Name) && !CommonOptions.IsGiven(result, Base.Name)
                && result.GetValue(Engines) is not { Length: > 1 })
                result.AddError($"{MostDivergence.Name} needs something to compare with: {Base.Name}, or a second --engine");
            if (!isTool && result.GetValue(ToolArguments) is [var first, ..])
                result.AddError($"'{first}' is an argument for a program: name it with --tool");
        });
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var session = new Session("ppl", seed: 0, folder: null, Reports.Of(parsed))
        {
            Policy = CommonOptions.PolicyOf(parsed, Known),
        };
        IReadOnlyList<int> sequences = IntRange.Parse(Sequences.Name, parsed.GetRequiredValue(Sequences));
        if (parsed.GetValue(Tool) is { } tool) await RunToolAsync(parsed, session, tool, sequences, cancellation);
        else await RunEnginesAsync(parsed, session, sequences, cancellation);
        return await session.FinishAsync();
    }

    private static async Task RunEnginesAsync(
        ParseResult parsed, Session session, IReadOnlyList<int> sequences, CancellationToken cancellation)
    {
        LoadedModel model = LoadedModel.Load(parsed.GetRequiredValue(Model));
        using KlBaseFile? baseFile = parsed.GetValue(Base) is { } path ? KlBaseFile.Open(path) : null;
        TextSource source = baseFile is null
            ? TextOf(parsed, model)
            : TextSource.Of(model, baseFile, CommonOptions.IsGiven(parsed.CommandResult, Chunks.Name) ? parsed.GetValue(Chunks) : baseFile.Chunks);
        if (parsed.GetValue(SavedBase) is { } saved) OutputPath.TryFile(saved);
        var engines = new List<NamedEngine>();
        try
        {
            foreach (string name in parsed.GetValue(Engines) is { Length: > 0 } names ? names : ["cpu"])
                engines.Add(EngineCatalog.ParseForModels(name, CommonOptions.IsolationOf(parsed, EngineTimeout, cancellation)));
            var campaign = new PerplexityCampaign(engines, model, source.Text, source.Name, sequences)
            {
                Decodes = !parsed.GetValue(PrefillOnly),
                Margin = parsed.GetValue(Margin) / 100,
                Base = baseFile,
                SavedBase = parsed.GetValue(SavedBase),
                MostDivergence = parsed.GetValue(MostDivergence),
            };
            await session.RunAsync(campaign, cancellation);
        }
        finally
        {
            foreach (NamedEngine engine in engines) engine.Dispose();
        }
    }

    private static TextSource TextOf(ParseResult parsed, LoadedModel model)
    {
        int context = parsed.GetValue(Context), most = model.Config.MaxPositions;
        if (context > most || context < ScoredText.LeastContext)
            throw new InputException(
                Context.Name, Invariant($"{context} tokens make no chunk for this model"), Invariant($"use {ScoredText.LeastContext} to {most}"));
        return TextSource.Of(model, parsed.GetValue(File), context, parsed.GetValue(Chunks));
    }

    private static async Task RunToolAsync(
        ParseResult parsed, Session session, string tool, IReadOnlyList<int> sequences, CancellationToken cancellation)
    {
        (int context, int chunks) = (parsed.GetValue(Context), parsed.GetValue(Chunks));
        string text = TextFile(parsed.GetValue(File), context, chunks);
        await session.RunAsync(
            new PerplexityToolCampaign(
                new PerplexityTool(tool, parsed.GetRequiredValue(ToolArguments)),
                ShippedModel.PathOf(parsed.GetRequiredValue(Model)), text, context, chunks, sequences)
            {
                Margin = parsed.GetValue(Margin) / 100,
            },
            cancellation);
    }

    // Tools read files: the user's, or a temporary one of the built-in text.
    private static string TextFile(string? path, int context, int chunks)
    {
        if (path is not null) return path;
        string made = TemporaryFolder.PathOf("text.txt");
        System.IO.File.WriteAllText(made, TextSource.BuiltIn(context, chunks));
        return made;
    }
}
