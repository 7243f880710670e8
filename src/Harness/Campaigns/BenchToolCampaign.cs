using Gdn.Harness.Reports;
using Gdn.Harness.Throughput;
using Gdn.Reference;
using static System.FormattableString;

namespace Gdn.Harness.Campaigns;

/// <summary>
/// Runs a benchmark program of llama.cpp or ik_llama.cpp several times, and puts its figures under the same columns as ours, with an interval.
/// </summary>
/// <param name="Tool">Path of the program.</param>
/// <param name="Arguments">Its arguments.</param>
/// <param name="Runs">How often it is run; at least twice.</param>
/// <param name="Seed">Fixes resamples.</param>
internal sealed record BenchToolCampaign(string Tool, IReadOnlyList<string> Arguments, int Runs, ulong Seed) : Campaign
{
    /// <summary>A test with the speeds of all runs.</summary>
    private sealed record Row(BenchTest Test, SpeedFigure? Prompt, SpeedFigure? Answer);

    private static readonly TableOf<Row> Rows = new TableOf<Row>("benchTool")
        .Right("sequences", "B", row => row.Test.Sequences)
        .Right("prompt", "PP", row => row.Test.Prompt)
        .Right("answer", "TG", row => row.Test.Answer)
        .Right("depth", "N_KV", row => row.Test.Depth)
        .Right("promptRate", "S_PP t/s", row => row.Prompt?.Rate, row => Text(row.Prompt))
        .Right("answerRate", "S_TG t/s", row => row.Answer?.Rate, row => Text(row.Answer))
        .Data("promptError", row => row.Prompt?.Error)
        .Data("answerError", row => row.Answer?.Error);

    /// <inheritdoc/>
    public override string Name => $"throughput, {Path.GetFileName(Tool)}";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Head =>
        [Invariant($"{Tool} {string.Join(' ', Arguments)}, {Runs} times"), $"machine: {RunEnvironment.Current.Machine}"];

    /// <inheritdoc/>
    protected override async Task<Part> PlayAsync(ICampaignProgress progress, CancellationToken cancellation)
    {
        progress.Begin(Name, Runs);
        var runs = new List<IReadOnlyList<BenchRow>>();
        var fallbacks = new SortedSet<string>(StringComparer.Ordinal);
        for (int run = 0; run < Runs; run++)
        {
            string printed = await ToolProgram.RunAsync(Tool, Arguments, cancellation);
            runs.Add(BenchToolOutput.Parse(Tool, printed));
            fallbacks.UnionWith(BenchToolOutput.Fallbacks(printed));
            progress.Step();
            if (!runs[0].Select(row => row.Test).SequenceEqual(runs[^1].Select(row => row.Test)))
                throw new EnvironmentException(Tool, "two runs with the same arguments do not print the same tests", "run it by hand to see why");
        }

        var random = new SeededRandom(Seed);
        SpeedFigure? Figure(int? tokens, int sequences, int row, Func<BenchRow, double?> rate) => tokens is null or 0
            ? null
            : SpeedFigure.Of(tokens.Value * sequences, [.. runs.Select(run => tokens.Value * sequences / rate(run[row])!.Value)], random);
        return new Part(Name, Verdict.Clean, Invariant($"{runs[0].Count} tests, {Runs} runs"))
        {
            Content =
            [
                Rows.Of(runs[0].Select((row, i) => new Row(
                    row.Test, Figure(row.Test.Prompt, row.Test.Sequences, i, r => r.PromptRate),
                    Figure(row.Test.Answer, row.Test.Sequences, i, r => r.AnswerRate)))),
                .. fallbacks.Select(line => new Note($"it was not run as asked: {line}", IsWarning: true)),
            ],
        };
    }

    private static string Text(SpeedFigure? figure) => figure is { } value ? SpeedText.Rate(value) : "";
}
