using Gdn.Harness.Faults;
using Gdn.Harness.Reports;
using Gdn.Reference;

namespace Gdn.Harness.Campaigns;

/// <summary>The kill matrix: every fault is to be caught, no control is to be flagged.</summary>
/// <param name="Matrix">How each is run.</param>
/// <param name="Entries">The faults and controls.</param>
/// <param name="MarkdownPath">Where the matrix goes as Markdown; null for nowhere.</param>
public sealed record FaultMatrixCampaign(FaultMatrix Matrix, IReadOnlyList<Fault> Entries, string? MarkdownPath) : Campaign
{
    /// <inheritdoc/>
    public override string Name => "faults";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Head => HeadOf($"{Matrix.Engine}+fault:...", FaultMatrix.Model, Matrix.Seed);

    /// <inheritdoc/>
    protected override Task<Part> PlayAsync(ICampaignProgress progress, CancellationToken cancellation)
    {
        progress.Begin(Name, Entries.Count);
        var rows = new List<FaultRow>();
        foreach (Fault entry in Entries)
        {
            if (cancellation.IsCancellationRequested) break;
            rows.Add(Matrix.Run(entry, FaultCatalog.Benign.Contains(entry), cancellation));
            progress.Step();
        }

        // Also what there is of an interrupted one.
        string? unwritten = MarkdownPath is null
            ? null
            : OutputPath.Write(MarkdownPath, () => AtomicFile.Write(MarkdownPath, FaultMatrixText.Markdown(Matrix, rows)));
        bool completed = rows.Count == Entries.Count && rows.All(row => row.Completed);
        int problems = rows.Count(row => row.Completed && row.Problem is not null);
        return Task.FromResult(new Part(
            Name, Part.VerdictOf(problems, completed), new FaultMatrixSummary(rows) + (completed ? "" : ", interrupted"))
        {
            Content = [FaultMatrixTable.Of(rows)],
            Unwritten = unwritten is null ? [] : [unwritten],
        });
    }
}
