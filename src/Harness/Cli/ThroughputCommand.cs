using System.CommandLine;
using System.Globalization;
using System.Text.RegularExpressions;
using Gdn.Harness.Campaigns;
using Gdn.Harness.Kernels.Timing;
using Gdn.Reference;
using Gdn.Reference.Kernels;
using Gdn.Reference.Operators;

namespace Gdn.Harness.Cli;

/// <summary><c>throughput</c>: how fast is it, and how far from what the machine allows?</summary>
internal static partial class ThroughputCommand
{
    // Decode with 1 to 8 sequences, a short and a long prompt, and the long one cut into four.
    private const string DefaultShapes = "1x1,2x1,4x1,8x1,1x64,1x512,4x128";
    private const int DefaultRounds = 20, LeastRounds = 5;
    private const double DefaultMargin = 3;

    public static Command Create()
    {
        Option<bool> kernel = new("--kernel")
        {
            Description = "Time the delta rule alone. Required, since whole models cannot be timed yet.",
        };
        Option<string> engines = new("--engine")
        {
            Description = "Engines to time side by side, comma-separated; the others are compared with the first.",
            HelpName = "E,...",
            DefaultValueFactory = _ => "cpu",
        };
        Option<IReadOnlyList<(int Sequences, int Tokens)>> shapes = new("--shapes")
        {
            Description = $"Sequences x tokens of each, comma-separated. [default: {DefaultShapes}]",
            HelpName = "NxT,...",
            CustomParser = result => CommonOptions.Parse(result, ParseShapes)!,
        };
        Option<int> valueHeads = CommonOptions.Count("--value-heads", "Hv.", 32);
        Option<int> keyHeads = CommonOptions.Count("--key-heads", "Hk; divides Hv.", 16);
        Option<int> dim = CommonOptions.Count("--dim", "Dimension of keys and values of a head.", 128);
        Option<bool> perChannel = new("--kda") { Description = "A gate per key channel instead of one per head." };
        Option<string> threads = new("--threads")
        {
            Description = "Numbers of threads.",
            HelpName = "N,...",
            DefaultValueFactory = _ => "1",
        };
        Option<int> rounds = CommonOptions.Count("--pairs", "Rounds, each with one sample of every engine.", DefaultRounds);
        Option<double> margin =
            CommonOptions.Percentage("--margin", "Differences up to this percentage do not matter.", DefaultMargin);
        Option<ulong?> seed = CommonOptions.Seed();
        Option<string> output = CommonOptions.Out();
        ReportOptions reports = new();
        var command = new Command("throughput", "Times kernels against each other and against what the machine allows.")
        {
            kernel, engines, shapes, valueHeads, keyHeads, dim, perChannel, threads, rounds, margin, seed, output,
        };
        reports.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            if (!parsed.GetValue(kernel))
                throw new InputException("throughput", "whole models are not timed yet", "add --kernel");
            var heads = new DeltaRuleShape(
                Tokens: 1, parsed.GetValue(keyHeads), parsed.GetValue(valueHeads), parsed.GetValue(dim),
                parsed.GetValue(dim), parsed.GetValue(perChannel));
            if (heads.ValueHeads % heads.KeyHeads != 0)
                throw new InputException(
                    "--key-heads", $"{heads.KeyHeads} does not divide the {heads.ValueHeads} value heads", "choose a divisor");
            if (parsed.GetValue(rounds) < LeastRounds)
                throw new InputException("--pairs", "too few for an interval", $"use at least {LeastRounds}, preferably 20");
            var campaign = new KernelTimingCampaign(
                [.. parsed.GetRequiredValue(engines).Split(',').Select(TimedEngine.Parse)],
                [.. (parsed.GetValue(shapes) ?? ParseShapes(DefaultShapes)).Select(shape => new KernelShape(
                    heads with { Tokens = shape.Tokens }, shape.Sequences, Planes: 0, HeadMap.Tiled, shape.Sequences))],
                IntRange.Parse(threads.Name, parsed.GetRequiredValue(threads)),
                parsed.GetValue(rounds),
                CommonOptions.SeedOf(parsed, seed))
            {
                Margin = parsed.GetValue(margin) / 100,
            };
            var session = new Session(
                "throughput", campaign.Seed, parsed.GetRequiredValue(output), reports.Of(parsed));
            await session.RunAsync(campaign, cancellation);
            return await session.FinishAsync();
        });
        return command;
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
