using System.CommandLine;
using System.Globalization;
using Gdn.Harness.Campaigns;
using Gdn.Harness.Engines;
using Gdn.Harness.Models;
using Gdn.Harness.MtpDiff;
using Gdn.Reference;

namespace Gdn.Harness.Cli;

/// <summary><c>mtp-diff</c>: is output with drafts that without?</summary>
internal static class MtpDiffCommand
{
    private static readonly Dictionary<string, DraftSourceKind> Sources = new()
    {
        ["head"] = DraftSourceKind.Head,
        ["lookup"] = DraftSourceKind.Lookup,
        ["forced"] = DraftSourceKind.Forced,
    };

    public static Command Create()
    {
        Option<string> engine = CommonOptions.Engine(), model = CommonOptions.Model(), output = CommonOptions.Out();
        engine.Required = true;
        Option<string> drafts = new("--k")
        {
            Description = "K: numbers of tokens drafted for one batch.",
            HelpName = "N..M",
            DefaultValueFactory = _ => "1..8",
        };
        Option<IReadOnlyList<DraftSourceKind>?> sources = new("--draft")
        {
            Description =
                "What drafts, comma-separated: head (the model's MTP layers), lookup (what followed the last tokens before), forced "
                + "(the known answer, right and wrong on purpose). [default: all that engine and model can]",
            HelpName = "NAME,...",
            CustomParser = result => CommonOptions.Parse<IReadOnlyList<DraftSourceKind>?>(result, ParseSources),
        };
        Option<string?> draftModel = new("--draft-model")
        {
            Description = "Draft with this model, too: a GGUF file of the same vocabulary, on an engine of the same kind.",
            HelpName = "M",
        };
        Option<string?> prompts = new("--prompts")
        {
            Description = "Text file with a prompt in each line. [default: built-in prompts]",
            HelpName = "FILE",
        };
        Option<int> np = CommonOptions.Count("--np", "Prompts answered side by side, their drafts in one batch.", 4);
        Option<int> tokens = CommonOptions.Count("--tokens", "Tokens of an answer.", 48);
        Option<double> temperature = new("--temperature")
        {
            Description = "Draw tokens at random, the same ones with drafts and without. [default: 0, the likeliest each time]",
            HelpName = "T",
            CustomParser = result => CommonOptions.Parse(result, ParseTemperature),
        };
        Option<TimeSpan?> timeout = CommonOptions.EngineTimeout();
        Option<ulong?> seed = CommonOptions.Seed();
        Option<string?> known = CommonOptions.Known();
        ReportOptions reports = new();
        var command = new Command("mtp-diff", "Output and logits with drafts (MTP and other speculation) against those without.")
        {
            engine, model, drafts, sources, draftModel, prompts, np, tokens, temperature, seed, known, timeout, output,
        };
        reports.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            using NamedEngine named = EngineCatalog.ParseForModels(
                parsed.GetRequiredValue(engine), CommonOptions.IsolationOf(parsed, timeout, cancellation));
            var loaded = LoadedModel.Load(parsed.GetRequiredValue(model));
            var options = new MtpDiffOptions(
                named, loaded, CommonOptions.SeedOf(parsed, seed), PromptSet.Of(loaded, parsed.GetValue(prompts)))
            {
                Drafts = [.. IntRange.Parse(drafts.Name, parsed.GetRequiredValue(drafts)).Order()],
                Sources = parsed.GetValue(sources),
                DraftModel = parsed.GetValue(draftModel) is { } name ? DraftModel(name, loaded) : null,
                Slots = parsed.GetValue(np),
                Tokens = parsed.GetValue(tokens),
                Temperature = parsed.GetValue(temperature),
            };
            var session = new Session("mtp-diff", options.Seed, parsed.GetRequiredValue(output), reports.Of(parsed))
            {
                Policy = CommonOptions.PolicyOf(parsed, known),
            };
            await session.RunAsync(new MtpDiffCampaign(options), cancellation);
            return await session.FinishAsync();
        });
        return command;
    }

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
