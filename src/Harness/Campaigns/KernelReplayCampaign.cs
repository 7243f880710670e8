using Gdn.Harness.Engines;
using Gdn.Harness.Findings;
using Gdn.Harness.Kernels.Cases;
using Gdn.Harness.Kernels.Checks;
using Gdn.Harness.Reports;
using Gdn.Reference.Kernels;

namespace Gdn.Harness.Campaigns;

/// <summary>A finding on a kernel case again, on the same engine or another.</summary>
/// <param name="Path">The replay file's path.</param>
/// <param name="File">Its content.</param>
/// <param name="Engine">The engine.</param>
public sealed record KernelReplayCampaign(string Path, ReplayFile File, NamedEngine Engine) : Campaign
{
    /// <inheritdoc/>
    public override string Name => "replay";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Head => [$"engine {Engine.Name}, kernel case {File.KernelCase}"];

    /// <inheritdoc/>
    protected override Task<Part> PlayAsync(ICampaignProgress progress, CancellationToken cancellation)
    {
        using IKernelEngine engine = Engine.CreateKernel();
        KernelFinding[] found = [.. KernelCheck.Run(engine, KernelCase.Parse(File.KernelCase!)).Findings
            .Select(finding => finding with { Engine = Engine.Name })];
        if (found.Length == 0)
            return Task.FromResult(new Part(Name, Verdict.Clean, "every property of the kernel case holds"));
        Finding finding = KernelFindings.OfCase(found, File.Seed) with
        {
            Id = System.IO.Path.GetFileNameWithoutExtension(Path),
            ReplayPath = Path,
        };
        return Task.FromResult(new Part(Name, Verdict.Dirty, "reproduced") { Findings = [finding] });
    }
}
