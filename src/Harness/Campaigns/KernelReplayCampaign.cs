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

    /// <summary>How often the case is run. Once is often enough unless the finding is that it fails now and then.</summary>
    public int Repeat { get; init; } = 1;

    /// <inheritdoc/>
    protected override Task<Part> PlayAsync(ICampaignProgress progress, CancellationToken cancellation)
    {
        using IKernelEngine engine = Engine.CreateKernel();
        KernelCase @case = KernelCase.Parse(File.KernelCase!);
        KernelResult result = KernelCheck.Run(engine, @case);
        bool isUnstable = File.Check == $"{KernelProperty.Determinism}";
        int runs = Repeat == 1 && isUnstable ? KernelRepetition.Enough : Repeat;
        KernelRepetition repetition = KernelRepetition.Of(new KernelTrial(engine, @case), result.Runs, runs, TimeSpan.MaxValue);

        KernelFinding[] found = [.. Found(engine, @case, result, repetition).Select(finding => finding with { Engine = Engine.Name })];
        if (found.Length == 0)
            return Task.FromResult(new Part(
                Name, Verdict.Clean, runs == 1 ? "every property of the kernel case holds" : $"the kernel case {repetition}"));
        Finding finding = KernelFindings.OfCase(found, File.Seed) with
        {
            Id = System.IO.Path.GetFileNameWithoutExtension(Path),
            ReplayPath = Path,
        };
        return Task.FromResult(
            new Part(Name, Verdict.Dirty, runs == 1 ? "reproduced" : $"{repetition}") { Findings = [finding] });
    }

    private static IReadOnlyList<KernelFinding> Found(
        IKernelEngine engine, KernelCase @case, KernelResult result, KernelRepetition repetition)
    {
        if (repetition.IsDeterministic) return result.Findings;
        KernelFinding symptom = repetition.Failure ?? (result.Findings.Count > 0
            ? result.Findings[0]
            : new KernelFinding(engine.Name, @case, KernelProperty.Determinism, "all results", double.NaN, double.NaN, Error: 0, Allowed: 0));
        return [repetition.ToFinding(symptom)];
    }
}
