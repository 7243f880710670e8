using System.Globalization;
using Gdn.Harness.Findings;
using Gdn.Harness.Models;
using Gdn.Harness.MtpDiff;
using Gdn.Harness.Reports;
using Gdn.Reference.Engines;

namespace Gdn.Harness.Campaigns;

/// <summary>
/// What a reviewer asks of two builds before their speed: does either bleed, is the perplexity the same, is output with drafts that without?
/// </summary>
/// <param name="Correctness">Bleed and perplexity of A and B.</param>
internal sealed record CompareChecks(CorrectnessFirst Correctness)
{
    private const int DraftTokens = 24, DraftPrompts = 4, Drafted = 2;

    private readonly List<CompareRow> _rows = [];
    private readonly List<Finding> _findings = [];
    private readonly List<Note> _notes = [];

    /// <summary>Runs them.</summary>
    public async Task<CheckedFirst> RunAsync(FindingPolicy policy, ICampaignProgress progress, CancellationToken cancellation)
    {
        async Task<Part> Played(Campaign campaign)
        {
            Part part = await (campaign with { Policy = policy }).RunAsync(progress, cancellation);
            _findings.AddRange(part.Findings);
            return part;
        }

        (IEngineFactory first, IEngineFactory second) = (Correctness.Engines[0], Correctness.Engines[1]);
        BleedCampaign bleed = Correctness.Bleed(first);
        (Part a, Part b) = (await Played(bleed), await Played(Correctness.Bleed(second)));
        _rows.Add(new CompareRow($"bleed np {string.Join(',', bleed.Options.Slots)}", Rounds(a), Rounds(b), "", Worst(a, b)));

        AddPerplexities(await Played(Correctness.Perplexity()));

        (a, b) = (await Played(Drafts(first)), await Played(Drafts(second)));
        _rows.Add(new CompareRow(
            string.Create(CultureInfo.InvariantCulture, $"MTP K {Drafted}"), Cell.TextOf(a.Verdict), Cell.TextOf(b.Verdict), "", Worst(a, b)));
        foreach ((string label, Part part) in (ReadOnlySpan<(string, Part)>)[("A", a), ("B", b)])
            if (part.Verdict == Verdict.Inconclusive) _notes.Add(new Note($"{label}, drafts: {part.Basis}"));
        return new CheckedFirst(_rows, _findings, _notes);
    }

    private MtpDiffCampaign Drafts(IEngineFactory engine)
    {
        LoadedModel model = Correctness.Model;
        var prompts = PromptSet.Of(model, path: null);
        return new MtpDiffCampaign(new MtpDiffOptions(
            engine, model, Correctness.Seed, prompts with { Prompts = [.. prompts.Prompts.Take(DraftPrompts)] })
        {
            Drafts = [Drafted],
            Sources = [DraftSourceKind.Head, DraftSourceKind.Forced],
            Tokens = DraftTokens,
        });
    }

    // Rows of A, then of B, of the same number of sequences: B alone is compared with A, several sequences with a single one.
    private void AddPerplexities(Part part)
    {
        Table[] tables = [.. part.Tables.Where(table => table.Name == "perplexity")
            .Select(table => table.Only("path", "sequences", "perplexity", "difference", "verdict"))];
        if (tables.Length < 2) return;
        foreach ((IReadOnlyList<Cell> a, IReadOnlyList<Cell> b) in tables[0].Rows.Zip(tables[1].Rows).Where(rows => rows.First[0].Text == "prefill"))
            _rows.Add(new CompareRow(
                $"PPL n_seq {a[1].Text}", Number(a[2]), Number(b[2]), b[3].Text.Replace("%,", ",", StringComparison.Ordinal)
                    .Replace("%]", "]", StringComparison.Ordinal),
                Cell.TextOf((Verdict)a[4].Value! == Verdict.Clean ? b[4].Value : a[4].Value)));
        AddDivergence(part);
    }

    // Of B's first run: shown, and not judged, since builds may differ in rounding.
    private void AddDivergence(Part part)
    {
        if (part.Tables.FirstOrDefault(table => table.Name == "klDivergence")?.Only("klDivergence", "sameTop").Rows is not [var first, ..]) return;
        _rows.Add(new CompareRow("KL divergence, nats", "", "", first[0].Text, ""));
        _rows.Add(new CompareRow("same top token", "", "", first[1].Text, ""));
    }

    private static string Number(Cell perplexity) =>
        perplexity.Value is double value ? value.ToString("G5", CultureInfo.InvariantCulture) : "";

    private static string Rounds(Part bleed)
    {
        Table table = bleed.Tables.First(table => table.Name == "bleed").Only("dirtyRounds", "rounds");
        int Sum(int column) => table.Rows.Sum(row => (int)row[column].Value!);
        return string.Create(CultureInfo.InvariantCulture, $"{Sum(0)} of {Sum(1)}");
    }

    private static string Worst(Part a, Part b) => Cell.TextOf(Part.VerdictOf([a, b]));
}
