using System.CommandLine;
using Gdn.Harness.Campaigns;
using Gdn.Harness.Clients;
using Gdn.Harness.Engines;
using Gdn.Harness.Models;
using Gdn.Harness.Reports;
using Gdn.Harness.Traffic;
using Gdn.Reference;
using Gdn.Reference.Gguf;
using static System.FormattableString;

namespace Gdn.Harness.Cli;

/// <summary><c>bleed</c>: do concurrent sequences read each other's state? Of an engine in this process, or of a server.</summary>
internal static class BleedCommand
{
    private const int DefaultRounds = 4;

    private static readonly Option<string> Engine = CommonOptions.Engine(), Model = CommonOptions.Model(),
        Out = CommonOptions.Out(), Np = CommonOptions.Parallel("2..8");

    private static readonly Option<string?> ScenarioNames = new("--scenario")
    {
        Description =
            $"Traffic patterns, comma-separated: {Names(Scenarios.InProcess)}; on servers also "
            + $"{Names(Scenarios.OnServers.Except(Scenarios.InProcess))}. [default: all; on a server, those that it supports]",
        HelpName = "NAME,...",
    };

    private static readonly Option<int> Rounds =
        CommonOptions.Count("--rounds", "Rounds per np and scenario, each with different prompts.", DefaultRounds);

    private static readonly Option<int?> Tokens = CommonOptions.Count(
        "--tokens",
        $"Servers: tokens of an ordinary answer. [default: {BleedProfile.Full.Answer}; quick: {BleedProfile.Quick.Answer}]");

    private static readonly Option<int> Ubatch = CommonOptions.Count(
        "--ubatch", "Servers: tokens of the server's batch (llama-server -ub), which long prompts exceed.", new RoundSizes().Ubatch);

    private static readonly Option<int?> Vocabulary = new("--vocabulary")
    {
        Description = "Servers: use random token ids below this as prompts, instead of texts with codewords.",
        HelpName = "N",
    };

    private static readonly Option<ReferenceUse> Reference = new("--reference")
    {
        Description =
            "Servers: whether every answer is judged against the tool's own engine with the weights of --model, which must be the "
            + "file that the server serves: auto (if they fit into memory and take less than 10 minutes), always or never.",
        HelpName = "WHEN",
        DefaultValueFactory = _ => ReferenceUse.Auto,
    };

    private static readonly Option<LogProbabilityPlan> LogProbabilities = new("--logprobs")
    {
        Description = "Servers: how many log-probabilities to ask for per token: a number, 'none', or 'both': 20, and none in "
            + "every fourth round, since asking for them can hide a bug. [default: both]",
        HelpName = LogProbabilityPlan.Values,
        DefaultValueFactory = _ => LogProbabilityPlan.Mixed,
        CustomParser = result => CommonOptions.Parse(result, text => LogProbabilityPlan.Parse("--logprobs", text)),
    };

    private static readonly Option<BleedProfile> Profile = new("--profile")
    {
        Description =
            "quick: a first verdict in a few minutes, from the most telling scenarios, with the smallest dirty np looked for by "
            + "bisection; or full.",
        HelpName = "quick|full",
        CustomParser = result => CommonOptions.Parse(result, BleedProfile.Parse),
        DefaultValueFactory = _ => BleedProfile.Full,
    };

    private static readonly Option<TimeSpan?> Time = CommonOptions.Duration(
        "--time", "End after about this long, with as many rounds as fit: seconds, or 90s, 5m. [default: none; quick: 4m]");

    private static readonly Option<bool> FailFast = new("--fail-fast") { Description = "End with the first dirty round." };

    private static readonly Option<ulong?> Seed = CommonOptions.Seed();

    private static readonly Option<TimeSpan?> EngineTimeout = CommonOptions.EngineTimeout();

    private static readonly Option<string?> Known = CommonOptions.Known();

    private static readonly Option<int?> MaxFindings = CommonOptions.MaxFindings();

    private static readonly ReportOptions Reports = new();

    private static readonly ServerArguments Server = new();

    public static Command Create()
    {
        var command = new Command("bleed", "Concurrency bleed: each sequence batched with others against itself solo.")
        {
            Engine, Model, Np, Profile, Time, FailFast, ScenarioNames, Rounds, Tokens, Ubatch, Vocabulary, LogProbabilities, Reference, Seed, Known, MaxFindings,
            EngineTimeout, Out,
        };
        Reports.AddTo(command);
        ScenarioNames.CompletionSources.Add([.. Scenarios.OnServers.Select(scenario => scenario.Name())]);
        Server.AddTo(command);
        command.Validators.Add(result =>
        {
            if (CommonOptions.IsGiven(result, Engine.Name) == CommonOptions.IsGiven(result, "--server"))
                result.AddError("give either --engine or --server");
        });
        command.SetAction(async (parsed, cancellation) => Server.AddressOf(parsed) is { } address
            ? await OnServerAsync(parsed, address, cancellation)
            : await InProcessAsync(parsed, cancellation));
        return command;
    }

    private static async Task<int> InProcessAsync(ParseResult parsed, CancellationToken cancellation)
    {
        using NamedEngine engineSpec = EngineCatalog.ParseForModels(
            parsed.GetRequiredValue(Engine), CommonOptions.IsolationOf(parsed, EngineTimeout, cancellation));
        var options = new BleedOptions(
            engineSpec,
            LoadedModel.Load(parsed.GetRequiredValue(Model)),
            CommonOptions.SeedOf(parsed, Seed),
            CommonOptions.ParallelOf(parsed, Np),
            ScenariosOf(parsed, Scenarios.InProcess),
            parsed.GetValue(Rounds))
        {
            Time = TimeOf(parsed),
            FailFast = parsed.GetValue(FailFast),
            SearchesNp = parsed.GetRequiredValue(Profile).SearchesNp,
        };
        Session session = SessionOf(parsed, options.Seed);
        await session.RunAsync(new BleedCampaign(options), cancellation);
        return await session.FinishAsync();
    }

    private static async Task<int> OnServerAsync(ParseResult parsed, Uri address, CancellationToken cancellation)
    {
        string folder = parsed.GetRequiredValue(Out);
        BleedProfile profile = parsed.GetRequiredValue(Profile);
        IReadOnlyList<Scenario> scenarios = ScenariosOf(parsed, Scenarios.OnServers);
        ulong seed = CommonOptions.SeedOf(parsed, Seed);
        Session session = SessionOf(parsed, seed);
        (int? vocabulary, Func<string, IReadOnlyList<int>>? tokenize) = PromptsOf(parsed);
        ICompletionClient connected = await Server.ConnectAsync(parsed, address, cancellation);
        Directory.CreateDirectory(folder);
        using var server = new RecordingClient(connected, folder);
        RoundSizes sizes = SizesOf(parsed);
        ServedWeights? weights = await WeightsOf(parsed, server, cancellation);
        var options = new LiveBleedOptions(
            server, seed, NpOf(parsed, server.Info.Slots), scenarios, parsed.GetValue(Rounds), sizes)
        {
            SkipWhatServerLacks = parsed.GetValue(ScenarioNames) is null,
            Time = TimeOf(parsed),
            FailFast = parsed.GetValue(FailFast),
            SearchesNp = profile.SearchesNp,
            NoisePrompts = profile.NoisePrompts,
            Vocabulary = vocabulary,
            DirtyEnough = CommonOptions.IsGiven(parsed.CommandResult, Rounds.Name) ? null : profile.DirtyEnough,
            Tokenize = tokenize,
            Served = weights?.Model,
            Suspects = PlantedSuspects.All,
            NotServed = weights?.WhyNot,
            LogProbabilities = parsed.GetRequiredValue(LogProbabilities),
        };

        await session.RunAsync(new LiveBleedCampaign(options, folder, CommandLineOf(parsed, options)), cancellation);
        session.NoteUnwritten(server.Unwritten);
        return await session.FinishAsync();
    }

    private static async Task<ServedWeights?> WeightsOf(
        ParseResult parsed, RecordingClient server, CancellationToken cancellation) =>
        CommonOptions.IsGiven(parsed.CommandResult, Model.Name)
            ? await ServedWeights.OpenAsync(
                parsed.GetRequiredValue(Model), parsed.GetValue(Reference), server,
                LiveBleedCampaign.TokensOf(
                    ScenariosOf(parsed, Scenarios.OnServers), NpOf(parsed, server.Info.Slots), parsed.GetValue(Rounds),
                    SizesOf(parsed)),
                cancellation)
            : null;

    // Where --np is not given, no more than the server has.
    private static IReadOnlyList<int> NpOf(ParseResult parsed, int? slots)
    {
        IReadOnlyList<int> np = CommonOptions.ParallelOf(parsed, Np);
        if (slots is not { } available || CommonOptions.IsGiven(parsed.CommandResult, Np.Name)) return np;
        int[] possible = [.. np.Where(n => n <= available)];
        return possible.Length > 0 ? possible : [available];
    }

    // Random ids where no language is known or --vocabulary is given; else texts, in the tokens of the model named or of the server.
    private static (int? Vocabulary, Func<string, IReadOnlyList<int>>? Tokenize) PromptsOf(ParseResult parsed)
    {
        if (parsed.GetValue(Vocabulary) is { } vocabulary) return (vocabulary, null);
        if (!CommonOptions.IsGiven(parsed.CommandResult, Model.Name)) return (null, null);
        string name = parsed.GetRequiredValue(Model);
        if (name.StartsWith(LoadedModel.SyntheticPrefix, StringComparison.Ordinal))
            return (SyntheticVocabulary.Printable, null);
        using GgufFile file = GgufFile.Open(ShippedModel.PathOf(name));
        ModelTokenizer tokenizer = OrServers(() => ModelTokenizer.Read(file));
        return (null, text => OrServers(() => tokenizer.Encode(text)));
    }

    // A server that runs the model can tokenize, too.
    private static T OrServers<T>(Func<T> tokenizing)
    {
        try
        {
            return tokenizing();
        }
        catch (InputException error)
        {
            throw new InputException(
                error.Where, error.Problem, $"{error.Remedy}; or leave {Model.Name} out, and the server's own tokenizer is used");
        }
    }

    private static IReadOnlyList<Scenario> ScenariosOf(ParseResult parsed, IReadOnlyList<Scenario> possible) =>
        parsed.GetValue(ScenarioNames) is { } names
            ? Scenarios.Parse(ScenarioNames.Name, names, possible)
            : [.. parsed.GetRequiredValue(Profile).Scenarios ?? possible];

    private static RoundSizes SizesOf(ParseResult parsed) =>
        new(parsed.GetValue(Tokens) ?? parsed.GetRequiredValue(Profile).Answer, parsed.GetValue(Ubatch));

    private static TimeSpan? TimeOf(ParseResult parsed) => parsed.GetValue(Time) ?? parsed.GetRequiredValue(Profile).Time;

    private static Session SessionOf(ParseResult parsed, ulong seed) =>
        new("bleed", seed, parsed.GetRequiredValue(Out), Reports.Of(parsed))
        {
            Policy = CommonOptions.PolicyOf(parsed, Known, MaxFindings),
        };

    private static string CommandLineOf(ParseResult parsed, LiveBleedOptions options) =>
        Invariant($"gdn-harness bleed --server {OutsideText.Shell(options.Server.Info.Address.ToString())} --np {string.Join(',', options.Slots)} ")
        + Invariant($"--rounds {options.Rounds} --tokens {options.Sizes.Answer} --ubatch {options.Sizes.Ubatch} --seed {options.Seed}")
        + parsed.GetRequiredValue(Profile).Argument
        + (options.SkipWhatServerLacks ? "" : $" --scenario {Names(options.Scenarios, ",")}")
        + (CommonOptions.IsGiven(parsed.CommandResult, Model.Name) ? $" --model {OutsideText.Shell(parsed.GetRequiredValue(Model))}" : "")
        + (CommonOptions.IsGiven(parsed.CommandResult, Reference.Name)
            ? $" --reference {parsed.GetValue(Reference)}".ToLowerInvariant() : "")
        + (options.Vocabulary is { } vocabulary ? $" --vocabulary {Cell.TextOf(vocabulary)}" : "")
        + (CommonOptions.IsGiven(parsed.CommandResult, LogProbabilities.Name) ? $" --logprobs {options.LogProbabilities}" : "")
        + Server.TextOf(parsed);

    private static string Names(IEnumerable<Scenario> scenarios, string separator = ", ") =>
        string.Join(separator, scenarios.Select(scenario => scenario.Name()));
}
