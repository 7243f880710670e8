using Gdn.Harness.Findings;
using Gdn.Harness.Perplexity;
using Gdn.Harness.Reports;
using static Gdn.Harness.Campaigns.PerplexityText;
using static System.FormattableString;

namespace Gdn.Harness.Campaigns;

/// <summary>
/// Perplexity of a text by a llama-perplexity of the user's, with one and with several sequences in a batch. It has to have run as many
/// as it was asked to, without a fall-back; then the perplexities of the same chunks are compared.
/// </summary>
/// <param name="Tool">The program.</param>
/// <param name="ModelPath">Path of the model.</param>
/// <param name="TextPath">Path of the text.</param>
/// <param name="Context">Tokens of a chunk.</param>
/// <param name="Chunks">Score at most so many.</param>
/// <param name="Sequences">Numbers of sequences, the first of which the others are compared with.</param>
public sealed record PerplexityToolCampaign(
    PerplexityTool Tool, string ModelPath, string TextPath, int Context, int Chunks, IReadOnlyList<int> Sequences) : Campaign
{
    private sealed record Row(int Asked, PerplexityToolOutput Output, PairedDifference? Difference, Verdict Verdict, Finding? Finding);

    private static readonly TableOf<Row> Rows = new TableOf<Row>("toolPerplexity")
        .Right("sequences", "n_seq", row => row.Asked)
        .Right("sequencesRun", "n_seq run", row => row.Output.Sequences)
        .Left("verdict", "verdict", row => row.Verdict)
        .Right("chunks", "chunks", row => row.Output.Running.Count, row => Chunked(row.Output))
        .Right("perplexity", "PPL", row => row.Output.Final?.Value ?? row.Output.Running.LastOrDefault(double.NaN))
        .Data("error", row => row.Output.Final?.Error)
        .Right("difference", "worse by [95% CI]", row => row.Difference, row => row.Difference is { } value ? Text(value) : "")
        .Right("fallbacks", "fall-backs", row => row.Output.Fallbacks.Count)
        .Data("running", row => row.Output.Running.ToArray());

    /// <summary>Relative differences of perplexity up to this do not matter.</summary>
    public double Margin { get; init; } = 0.001;

    /// <inheritdoc/>
    public override string Name => $"perplexity by {Tool.Path}";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Head =>
        [$"model {ModelPath}, text {TextPath}", Invariant($"at most {Chunks} chunks of {Context} tokens")];

    /// <inheritdoc/>
    protected override async Task<Part> PlayAsync(ICampaignProgress progress, CancellationToken cancellation)
    {
        progress.Begin(Name, Sequences.Count);
        var rows = new List<Row>();
        foreach (int sequences in Sequences)
        {
            PerplexityToolOutput output = await Tool.RunAsync(ModelPath, TextPath, Context, Chunks, sequences, cancellation);
            rows.Add(Judge(sequences, output, rows.FirstOrDefault()?.Output));
            progress.Step();
        }

        IReadOnlyList<Finding> findings = Different(rows.Select(row => row.Finding), Policy);
        return new Part(
            Name, Part.VerdictOf(findings, rows.All(row => row.Verdict != Verdict.Inconclusive)),
            Invariant($"{rows.Count(row => row.Verdict == Verdict.Clean)} of {rows.Count} runs as they should be"))
        {
            Content = [Rows.Of(rows)],
            Findings = findings,
        };
    }

    private Row Judge(int asked, PerplexityToolOutput output, PerplexityToolOutput? first)
    {
        int common = Math.Min(output.Running.Count, first?.Running.Count ?? 0);
        PairedDifference? difference = common >= 2
            ? PairedDifference.Of(output.ByChunk().AsSpan(0, common), first!.ByChunk().AsSpan(0, common))
            : null;
        Row Dirty(string kind, string detail) =>
            new(asked, output, difference, Verdict.Dirty, new Finding(Invariant($"ppl-tool-n{asked}"), "perplexity", Tool.Path)
            {
                Np = asked,
                Scenario = "prefill",
                Detail = detail,
                Fingerprint = $"perplexity/{kind}",
            });

        if (output.Sequences != asked)
            return Dirty("other-n-seq", Invariant($"it ran {output.Sequences} sequences in a batch in place of {asked}"));
        if (output.Running.FirstOrDefault(value => !double.IsFinite(value), 0) is not 0)
            return Dirty("not-a-number", Invariant($"the perplexity is no number from chunk {FirstNonNumber(output)} on"));
        if (output.Fallbacks is [var line, ..]) return Dirty("fallback", $"it ran the batch in another way than asked for: {line}");
        if (difference?.Exceeds(Margin) == true)
            return Dirty("perplexity", Invariant($"perplexity {Worse(difference.Value)} than with n_seq {Sequences[0]}"));
        // A chunk that was not printed says nothing; those that were say enough.
        bool isDecided = first is null ? output.Running.Count >= 2 : difference?.IsWithin(Margin) == true;
        return new Row(asked, output, difference, isDecided ? Verdict.Clean : Verdict.Inconclusive, null);
    }

    private static string Chunked(PerplexityToolOutput output) => output.IsComplete
        ? Invariant($"{output.Chunks}")
        : Invariant($"{output.Running.Count} of {output.Chunks} printed");

    private static int FirstNonNumber(PerplexityToolOutput output) =>
        1 + output.Running.TakeWhile(double.IsFinite).Count();
}
