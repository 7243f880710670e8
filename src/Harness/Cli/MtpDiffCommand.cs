using System.CommandLine;
using System.Globalization;
using Gdn.Harness.Campaigns;
using Gdn.Harness.Clients;
using Gdn.Harness.Engines;
using Gdn.Harness.Engines.Isolation;
using Gdn.Harness.Models;
using Gdn.Harness.MtpDiff;
using Gdn.Harness.MtpDiff.Servers;
using Gdn.Harness.Traffic;
using Gdn.Reference;

namespace Gdn.Harness.Cli;

/// <summary><c>mtp-diff</c>: is output with drafts that without?</summary>
internal static class MtpDiffCommand
{
    private const int DefaultNp = 4, LeastRounds = 2;

    private static readonly Dictionary<string, DraftSourceKind> Sources = new()
    {
        ["head"] = DraftSourceKind.Head,
        ["lookup"] = DraftSourceKind.Lookup,
        ["forced"] = DraftSourceKind.Forced,
    };

    private static readonly Option<string> Engine = CommonOptions.Engine(), Model = CommonOptions.Model(), Out = CommonOptions.Out();

    private static readonly Option<string?> Against = new("--against")
    {
        Description =
            "Compare with another engine (for --engine) or server (for --server), for example another build. A server's answers are "
            + "then compared with those of the other one without drafts; headers and keys are sent to both.",
        HelpName = "E|URL",
    };

    private static readonly Option<string> K = new("--k")
    {
        Description = "K: numbers of tokens drafted for one batch; of servers those whose requests can choose it.",
        HelpName = "N..M",
        DefaultValueFactory = _ => "1..8",
    };

    private static readonly Option<IReadOnlyList<DraftSourceKind>?> Drafting = new("--draft")
    {
        Description =
            "Engines: what drafts, comma-separated: head (the model's MTP layers), lookup (what followed the last tokens before), "
            + "forced (the known answer, right and wrong on purpose). [default: all that engine and model can]",
        HelpName = "NAME,...",
        CustomParser = result => CommonOptions.Parse<IReadOnlyList<DraftSourceKind>?>(result, ParseSources),
    };

    private static readonly Option<string?> DraftingModel = new("--draft-model")
    {
        Description = "Engines: draft with this model, too: a GGUF file of the same vocabulary, on an engine of the same kind.",
        HelpName = "M",
    };

    private static readonly Option<string?> PromptFile = new("--prompts")
    {
        Description = "Text file with a prompt in each line. [default: built-in prompts]",
        HelpName = "FILE",
    };

    private static readonly Option<int> Np =
        CommonOptions.Count("--np", "Prompts answered side by side, their drafts in one batch; on servers after one at a time.", DefaultNp);

    private static readonly Option<int> Tokens = CommonOptions.Count("--tokens", "Tokens of an answer.", 48);

    private static readonly Option<int?> TimedRounds = CommonOptions.Count(
        "--rounds", "Engines: measure how much faster drafts of the head make it, in that many rounds, two at least. [default: not measured]");

    private static readonly Option<double> Temperature = new("--temperature")
    {
        Description = "Engines: draw tokens at random, the same ones with drafts and without. [default: 0, the likeliest each time]",
        HelpName = "T",
        CustomParser = result => CommonOptions.Parse(result, ParseTemperature),
    };

    private static readonly Option<TimeSpan?> Timeout = CommonOptions.EngineTimeout();

    private static readonly Option<ulong?> Seed = CommonOptions.Seed();

    private static readonly Option<string?> Known = CommonOptions.Known();

    private static readonly ReportOptions Reports = new();

    private static readonly ServerArguments Server = new();

    public static Command Create()
    {
        var command = new Command("mtp-diff", "Output and logits with drafts (MTP and other speculation) against those without.")
        {
            Engine, Against, Model, K, Drafting, DraftingModel, PromptFile, Np, Tokens, Temperature, TimedRounds, Seed, Known, Timeout, Out,
        };
        Reports.AddTo(command);
        Server.AddTo(command);
        command.Validators.Add(result =>
        {
            bool isServer = CommonOptions.IsGiven(result, "--server");
            if (CommonOptions.IsGiven(result, Engine.Name) == isServer) result.AddError("give either --engine or --server");
            if (!isServer) return;
            foreach (Option option in (Option[])[Model, Drafting, DraftingModel, Temperature, TimedRounds])
                if (CommonOptions.IsGiven(result, option.Name))
                    result.AddError($"{option.Name} is for --engine: a server has its model and what it drafts with since its start");
        });
        command.SetAction(async (parsed, cancellation) => Server.AddressOf(parsed) is { } address
            ? await OnServerAsync(parsed, address, cancellation)
            : await InProcessAsync(parsed, cancellation));
        return command;
    }

    private static async Task<int> InProcessAsync(ParseResult parsed, CancellationToken cancellation)
    {
        IsolationOptions isolation = CommonOptions.IsolationOf(parsed, Timeout, cancellation);
        using NamedEngine engine = EngineCatalog.ParseForModels(parsed.GetRequiredValue(Engine), isolation);
        using NamedEngine? other = parsed.GetValue(Against) is { } name ? EngineCatalog.ParseForModels(name, isolation) : null;
        var model = LoadedModel.Load(parsed.GetRequiredValue(Model));
        var options = new MtpDiffOptions(
            engine, model, CommonOptions.SeedOf(parsed, Seed), PromptSet.Of(model, parsed.GetValue(PromptFile)))
        {
            Against = other,
            Drafts = DraftsOf(parsed),
            Sources = parsed.GetValue(Drafting),
            DraftModel = parsed.GetValue(DraftingModel) is { } file ? DraftModel(file, model) : null,
            Slots = parsed.GetValue(Np),
            Tokens = parsed.GetValue(Tokens),
            Temperature = parsed.GetValue(Temperature),
            TimedRounds = parsed.GetValue(TimedRounds) is { } rounds ? Math.Max(LeastRounds, rounds) : 0,
        };
        Session session = SessionOf(parsed, options.Seed);
        await session.RunAsync(new MtpDiffCampaign(options), cancellation);
        return await session.FinishAsync();
    }

    private static async Task<int> OnServerAsync(ParseResult parsed, Uri address, CancellationToken cancellation)
    {
        string folder = parsed.GetRequiredValue(Out);
        ulong seed = CommonOptions.SeedOf(parsed, Seed);
        IReadOnlyList<(string, string)> prompts = PromptSet.Texts(parsed.GetValue(PromptFile));
        Session session = SessionOf(parsed, seed);
        ICompletionClient connected = await Server.ConnectAsync(parsed, address, cancellation);
        Directory.CreateDirectory(folder);
        using var server = new RecordingClient(connected, folder);
        using RecordingClient? other = parsed.GetValue(Against) is { } url
            ? new RecordingClient(await Server.ConnectAsync(parsed, ServerArguments.Address(Against.Name, url), cancellation), folder)
            : null;
        var options = new ServerMtpDiffOptions(server, other, seed, prompts)
        {
            Drafts = DraftsOf(parsed),
            Np = NpOf(parsed, server.Info.Slots, other?.Info.Slots),
            Tokens = parsed.GetValue(Tokens),
        };
        await session.RunAsync(new ServerMtpDiffCampaign(options), cancellation);
        session.NoteUnwritten(server.Unwritten);
        session.NoteUnwritten(other?.Unwritten);
        return await session.FinishAsync();
    }

    private static int[] DraftsOf(ParseResult parsed) => [.. IntRange.Parse(K.Name, parsed.GetRequiredValue(K)).Order()];

    // Where --np is not given, no more than the servers have.
    private static int NpOf(ParseResult parsed, params ReadOnlySpan<int?> slots)
    {
        int np = parsed.GetValue(Np);
        if (CommonOptions.IsGiven(parsed.CommandResult, Np.Name)) return np;
        foreach (int? available in slots) np = Math.Min(np, available ?? np);
        return np;
    }

    private static Session SessionOf(ParseResult parsed, ulong seed) =>
        new("mtp-diff", seed, parsed.GetRequiredValue(Out), Reports.Of(parsed))
        {
            Policy = CommonOptions.PolicyOf(parsed, Known),
        };

    private static LoadedModel DraftModel(string name, LoadedModel target)
    {
        var model = LoadedModel.Load(name);
        return model.Config.Vocabulary == target.Config.Vocabulary
            ? model
            : throw new InputException(
                "--draft-model", $"'{name}' has {model.Config.Vocabulary} tokens and '{target.Name}' {target.Config.Vocabulary}",
                "use a model with the same vocabulary");
    }

    private static DraftSourceKind[] ParseSources(string text) => [.. text.Split(',').Distinct().Select(name =>
        Sources.TryGetValue(name, out DraftSourceKind source)
            ? source
            : throw new InputException("--draft", $"'{name}' does not exist", $"use {string.Join(", ", Sources.Keys)}"))];

    private static double ParseTemperature(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && value is >= 0 and <= 10
            ? value
            : throw new InputException("--temperature", $"'{text}' is not a number from 0 to 10", "write for example 0.7");
}
