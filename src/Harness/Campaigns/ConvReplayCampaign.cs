using Gdn.Harness.Engines;
using Gdn.Harness.Findings;
using Gdn.Harness.Kernels.Cases;
using Gdn.Harness.Kernels.Checks;
using Gdn.Harness.Reports;
using Gdn.Reference.Kernels;

namespace Gdn.Harness.Campaigns;

/// <summary>A finding on a conv case again, on the same engine or another.</summary>
/// <param name="Path">The replay file's path.</param>
/// <param name="File">Its content.</param>
/// <param name="Engine">The engine.</param>
public sealed record ConvReplayCampaign(string Path, ReplayFile File, NamedEngine Engine) : Campaign
{
    /// <inheritdoc/>
    public override string Name => "replay";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Head => [$"engine {Engine.Name}, conv case {File.KernelCase}"];

    /// <inheritdoc/>
    protected override Task<Part> PlayAsync(ICampaignProgress progress, CancellationToken cancellation)
    {
        using IConvEngine engine = Engine.CreateConv();
        IReadOnlyList<ConvFinding> found = ConvCheck.Run(engine, ConvCase.Parse(File.KernelCase!)).Findings;
        if (found.Count == 0)
            return Task.FromResult(new Part(Name, Verdict.Clean, "every property of the conv case holds"));
        Finding finding = ConvFindings.OfCase(Engine.Name, found, File.Seed) with
        {
            Id = System.IO.Path.GetFileNameWithoutExtension(Path),
            ReplayPath = Path,
        };
        return Task.FromResult(new Part(Name, Verdict.Dirty, "reproduced") { Findings = [finding] });
    }
}
