using Gdn.Harness.Campaigns;
using Gdn.Harness.Engines;
using Gdn.Harness.Findings;
using Gdn.Harness.Kernels.Checks;
using Gdn.Harness.Reports;
using Gdn.Properties.Support;
using Xunit;

namespace Gdn.Properties.Harness.Engines.Native;

/// <summary>Convolutions in C behind <c>docs/gdn_engine.h</c>: the right one is clean, each way of spoiling it is a finding of its kind.</summary>
public sealed class NativeConvTests
{
    // As in conv.c.
    public enum Spoilt
    {
        Clean, Reflected, NoShift, ShortPrompt, ForeignRow, FirstRow, StrayWrite, Segfault, OneLate, NoBias,
    }

    private static async Task<Part> RunAsync(NamedEngine engine, int cases) =>
        await new ConvCampaign(engine, new KernelCaseRunner(Seed: 5, cases) { MaxFailures = 1 })
            .RunAsync(new NoProgress(), TestContext.Current.CancellationToken);

    [CCompilerFact]
    public async Task KnownFindings_DoNotFailOrStopTheRun()
    {
        using NamedEngine engine = Native(Spoilt.NoBias);
        Finding finding = Assert.Single((await RunAsync(engine, cases: 100)).Findings);
        var known = new KnownFindings([new KnownFinding(finding.Fingerprint!, "issue 7")]);
        Part clean = await (new ConvCampaign(engine, new KernelCaseRunner(Seed: 5, Cases: 20) { MaxFailures = 1 })
        { Policy = new FindingPolicy { Known = known } }).RunAsync(new NoProgress(), TestContext.Current.CancellationToken);

        Assert.Equal(("conv/error-bound/o", Verdict.Clean), (finding.Fingerprint, clean.Verdict));
        Assert.Equal("issue 7", Assert.Single(clean.Findings).KnownReason);
        Assert.EndsWith(" of 20 conv cases failed", clean.Basis, StringComparison.Ordinal);
    }

    private static NamedEngine Native(Spoilt kind) =>
        EngineCatalog.Parse("native:" + NativeSources.Build("conv.c", $"SPOILT={(int)kind}"));

    [Theory]
    [InlineData("reference")]
    [InlineData("cpu")]
    [InlineData("cpu+threads:2")]
    public async Task OwnEngines_AreClean(string name)
    {
        using NamedEngine engine = EngineCatalog.Parse(name);
        Part part = await RunAsync(engine, cases: 300);
        Assert.Equal((Verdict.Clean, "0 of 300 conv cases failed"), (part.Verdict, part.Basis));
    }

    [CCompilerFact]
    public async Task Clean_IsClean()
    {
        using NamedEngine engine = Native(Spoilt.Clean);
        Assert.Equal((false, false, true), (engine.HasKernel, engine.RunsModels, engine.HasConv));
        Part part = await RunAsync(engine, cases: 200);
        Assert.True(part.Verdict == Verdict.Clean, string.Join("\n", part.Findings.Select(finding => finding.Summary)));
    }

    [CCompilerTheory]
    [InlineData(Spoilt.Reflected, KernelProperty.ErrorBound, "o[seq ")]
    [InlineData(Spoilt.NoShift, KernelProperty.Window, "window[seq ")]
    [InlineData(Spoilt.ShortPrompt, KernelProperty.Window, "window[seq ")]
    [InlineData(Spoilt.ForeignRow, KernelProperty.ForeignRows, "of no sequence")]
    [InlineData(Spoilt.FirstRow, KernelProperty.ErrorBound, "o[seq ")]
    [InlineData(Spoilt.StrayWrite, KernelProperty.StrayWrites, "behind its end")]
    [InlineData(Spoilt.Segfault, KernelProperty.Crash, "SIGSEGV")]
    [InlineData(Spoilt.OneLate, KernelProperty.Window, "snapshot[plane ")]
    [InlineData(Spoilt.NoBias, KernelProperty.ErrorBound, "o[seq ")]
    public async Task Spoilt_IsAFinding(Spoilt kind, KernelProperty property, string evidence)
    {
        using NamedEngine engine = Native(kind);
        Part part = await RunAsync(engine, cases: 100);

        Finding finding = Assert.Single(part.Findings);
        Assert.Contains($"{property}", $"{finding.Check} {finding.Also}", StringComparison.Ordinal);
        Assert.Contains(evidence, finding.Summary, StringComparison.Ordinal);
    }

    // Shrunk to what is needed, and found again from the file alone.
    [CCompilerFact]
    public async Task Finding_IsReplayed()
    {
        using NamedEngine wrong = Native(Spoilt.NoBias), right = Native(Spoilt.Clean);
        Finding finding = Assert.Single((await RunAsync(wrong, cases: 100)).Findings);
        Assert.StartsWith("conv:T1,n1,C1,W2,p0,rows1,bias:", finding.Case, StringComparison.Ordinal);

        Part again = await Replay(wrong), other = await Replay(right);
        Assert.Equal((Verdict.Dirty, Verdict.Clean), (again.Verdict, other.Verdict));
        Assert.Equal(finding.Summary, again.Findings[0].Summary);

        Task<Part> Replay(NamedEngine engine) => new ConvReplayCampaign("finding.json", finding.Replay!, engine)
            .RunAsync(new NoProgress(), TestContext.Current.CancellationToken);
    }
}
