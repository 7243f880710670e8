using System.Globalization;
using Gdn.Harness.Engines;
using Gdn.Harness.Export;
using Gdn.Harness.Reports;
using Gdn.Reference.Kernels;

namespace Gdn.Harness.Campaigns;

/// <summary>Kernel cases as files.</summary>
/// <param name="Engine">Gives the shapes that it supports, and its precision.</param>
/// <param name="Export">What to write.</param>
/// <param name="Folder">Where to.</param>
public sealed record ExportCampaign(NamedEngine Engine, KernelExport Export, string Folder) : Campaign
{
    private static readonly TableOf<(int Cases, long Bytes)> Rows = new TableOf<(int Cases, long Bytes)>("export")
        .Data("cases", row => row.Cases)
        .Data("bytes", row => row.Bytes);

    /// <inheritdoc/>
    public override string Name => "export";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Head =>
    [
        string.Create(CultureInfo.InvariantCulture, $"kernel cases for {Engine.Name}, seed {Export.Seed}, to {Folder}"),
    ];

    /// <inheritdoc/>
    protected override Task<Part> PlayAsync(ICampaignProgress progress, CancellationToken cancellation)
    {
        using IKernelEngine engine = Engine.CreateKernel();
        progress.Begin(Name, Export.Cases);
        (ExportManifest manifest, long bytes) = Export.Write(Folder, engine, progress.Step, cancellation);
        int written = manifest.Cases.Count;
        string basis = string.Create(
            CultureInfo.InvariantCulture, $"{written} of {Export.Cases} cases written, {bytes / 1e6:F1} MB");
        if (bytes >= Export.MaxBytes) basis += ", the most that a folder may hold";
        return Task.FromResult(new Part(Name, Part.VerdictOf(0, written == Export.Cases), basis)
        {
            Content = [Rows.Of([(written, bytes)])],
        });
    }
}
