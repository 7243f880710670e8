using Gdn.Harness.Campaigns;
using Gdn.Harness.Engines;
using Gdn.Harness.Engines.Isolation;
using Gdn.Harness.Findings;
using Gdn.Harness.Kernels.Checks;
using Gdn.Harness.Reports;
using Gdn.Properties.Support;
using Gdn.Reference;
using Gdn.Reference.Kernels;
using Xunit;

namespace Gdn.Properties.Harness.Engines.Native;

/// <summary>
/// Kernels in C behind <c>docs/gdn_engine.h</c>: the example is clean, each way of spoiling it is a finding of its own kind, and
/// none ends the run. Each campaign draws the same cases for every kernel.
/// </summary>
public sealed class NativeKernelTests
{
    // As in kernels.c.
    public enum Spoilt
    {
        Clean, Segfault, Abort, Exit, Hang, Print, NotANumber, StrayWrite, InputWritten, ForeignRow, HalfState, WrongLayout,
        OtherLayout, Fail, Refuse, WrongVersion, WrongSize, NoKernel, NoCapability, WrongFormat, ClaimBF16, ReadBehind,
        ShortRagged, EmptyAlone, UnknownFlag, Flaky,
    }

    private static string LibraryOf(Spoilt kind) => NativeSources.Build("kernels.c", $"SPOILT={(int)kind}");

    private static KernelCaseResults Run(
        string library, int cases = 27, IsolationOptions? isolation = null)
    {
        using NamedEngine spec = EngineCatalog.Parse("native:" + library, isolation);
        using IKernelEngine kernel = spec.CreateKernel();
        return new KernelCaseRunner(Seed: 4, cases) { MaxWork = 20_000, MaxFailures = 1 }.Run(kernel);
    }

    private static string Text(KernelFinding finding) => KernelFindings.OfCase([finding], seed: 4).Summary;

    [CCompilerFact]
    public void Example_IsClean()
    {
        KernelCaseResults result = Run(NativeSources.Build("kernel.c"), cases: 300);
        Assert.True(result.Failed == 0, string.Join("\n", result.Findings));
        Assert.Equal(300, result.Cases);
    }

    // Built with the header as it was before capabilities, and before forms of kernel calls.
    [CCompilerTheory]
    [InlineData("version1")]
    [InlineData("version2")]
    public void OlderVersion_IsClean(string version)
    {
        KernelCaseResults result = Run(NativeSources.BuildWithHeaderOf(version, "kernel.c"), cases: 90);
        Assert.True(result is { Failed: 0, Cases: 90 }, string.Join("\n", result.Findings));
    }

    [CCompilerFact]
    public void PackedExample_IsClean()
    {
        KernelCaseResults result = Run(NativeSources.Build("packed_kernel.c"), cases: 300);
        Assert.True(result is { Failed: 0, Cases: 300 }, string.Join("\n", result.Findings));
        Assert.Contains("ragged, raw gates, raw keys", result.Covered.Ranges, StringComparison.Ordinal);
    }

    [CCompilerTheory]
    [InlineData(Spoilt.Print)]
    [InlineData(Spoilt.OtherLayout)]
    [InlineData(Spoilt.ClaimBF16)]
    public void Harmless_IsClean(Spoilt kind)
    {
        KernelCaseResults result = Run(LibraryOf(kind), cases: 90);
        Assert.True(result.Failed == 0, string.Join("\n", result.Findings));
    }

    [CCompilerTheory]
    [InlineData(Spoilt.Segfault, KernelProperty.Crash, "the engine's process was ended by SIGSEGV (invalid memory access)")]
    [InlineData(Spoilt.Abort, KernelProperty.Crash, "SIGABRT (abort), printing 'kernels.c: no plan for ")]
    [InlineData(Spoilt.Exit, KernelProperty.Crash, "the engine's process ended with exit code 3")]
    [InlineData(Spoilt.NotANumber, KernelProperty.Finite, "o[seq 0, t 0, h 0, v 0] expected")]
    [InlineData(Spoilt.ReadBehind, KernelProperty.Finite, "o[seq 0, t 0, h 0, v 0] holds what lies behind k")]
    [InlineData(Spoilt.StrayWrite, KernelProperty.StrayWrites, "up to 1 element behind its end")]
    [InlineData(Spoilt.InputWritten, KernelProperty.StrayWrites, "beta[0]")]
    [InlineData(Spoilt.ForeignRow, KernelProperty.ForeignRows, "of no sequence")]
    [InlineData(Spoilt.HalfState, KernelProperty.ErrorBound, "state[seq 0")]
    [InlineData(Spoilt.WrongLayout, KernelProperty.ErrorBound, "expected")]
    [InlineData(Spoilt.Fail, KernelProperty.Returns, "InvalidOperationException: gdn_kernel_run returned 2: out of scratch")]
    [InlineData(Spoilt.Refuse, KernelProperty.Refused, "T2,n1,Hk1,Hv1,K1,V1,tiled,head,p0,rows1")]
    public void Spoilt_IsAFinding(Spoilt kind, KernelProperty property, string evidence)
    {
        KernelCaseResults result = Run(LibraryOf(kind));

        Assert.Equal(1, result.Failed);
        Assert.Contains(
            result.Findings,
            finding => finding.Property == property && Text(finding).Contains(evidence, StringComparison.Ordinal));
    }

    [CCompilerTheory]
    [InlineData(Spoilt.Flaky, 50, Verdict.Dirty, "of 50 runs of the same call: not deterministic")]
    [InlineData(Spoilt.Clean, 50, Verdict.Clean, "fails 0 of 50 runs of the same call")]
    [InlineData(Spoilt.Clean, 1, Verdict.Clean, "every property of the kernel case holds")]
    public async Task Replay_Repeated_SaysHowOftenItFails(Spoilt kind, int repeat, Verdict verdict, string basis)
    {
        using NamedEngine engine = EngineCatalog.Parse("native:" + LibraryOf(kind));
        var file = new ReplayFile
        {
            Schema = ReplayFile.CurrentSchema,
            Engine = engine.Name,
            Check = "ErrorBound",
            Seed = 1,
            Summary = "",
            KernelCase = "slow-gates:T3,n1,Hk1,Hv1,K4,V3,tiled,head,p0,rows1:1",
        };

        Part part = await new KernelReplayCampaign("case.json", file, engine) { Repeat = repeat }
            .RunAsync(new NoProgress(), TestContext.Current.CancellationToken);

        Assert.Equal(verdict, part.Verdict);
        Assert.EndsWith(basis, part.Basis, StringComparison.Ordinal);
    }

    [CCompilerFact]
    public void Hang_IsAFinding()
    {
        var impatient = new IsolationOptions(TimeSpan.FromSeconds(0.3));
        KernelFinding finding = Run(LibraryOf(Spoilt.Hang), isolation: impatient).Findings[0];
        Assert.Equal(KernelProperty.Hang, finding.Property);
        Assert.Contains("no answer within 0.3 s; the process was ended", Text(finding), StringComparison.Ordinal);
    }

    [CCompilerFact]
    public void Crash_IsShrunk()
    {
        KernelShape shape = Run(LibraryOf(Spoilt.Segfault)).Findings[0].Case.Shape;
        Assert.Equal((1, 2, 1, 1), (shape.Sequences, shape.Rule.Tokens, shape.Rule.ValueHeads, shape.Rule.KeyDim));
    }

    [CCompilerTheory]
    [InlineData(Spoilt.WrongVersion, "it implements version 99 of gdn_engine.h; supported are 1 to 2; build it with")]
    [InlineData(Spoilt.WrongSize, "its gdn_kernel_call has 104 bytes, not 112 or more; build it with")]
    [InlineData(Spoilt.NoKernel, "it does not export gdn_kernel_run; implement docs/gdn_engine.h")]
    [InlineData(Spoilt.NoCapability, "capabilities 0 are not of GDN_KERNEL, GDN_MODEL and GDN_CONV")]
    [InlineData(Spoilt.ShortRagged, "its gdn_kernel_call of 112 bytes has no room for what kernel_flags 1 needs; build it with")]
    [InlineData(Spoilt.EmptyAlone, "GDN_KERNEL_EMPTY_SEQUENCES goes with GDN_KERNEL_RAGGED only")]
    [InlineData(Spoilt.UnknownFlag, "kernel_flags 64 has unknown bits")]
    [InlineData(Spoilt.WrongFormat, "state_format 9 is not GDN_F32, GDN_F16, GDN_BF16, GDN_Q8 or GDN_Q4")]
    public void Unfit_OneLineSaysWhy(Spoilt kind, string message)
    {
        InputException e = Assert.Throws<InputException>(() => Run(LibraryOf(kind)));
        Assert.Contains(message, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
    }

    [Fact]
    public void Missing_IsUnreadableInput()
    {
        InputException e = Assert.Throws<InputException>(() => Run("/nowhere/lib.so"));
        Assert.Equal("/nowhere/lib.so: it does not exist; give the path of a shared library, as native:PATH", e.Message);
    }

    [Fact]
    public void NotALibrary_IsTheEnvironment()
    {
        EnvironmentException e = Assert.Throws<EnvironmentException>(() => Run(typeof(NativeKernelTests).Assembly.Location));
        Assert.Contains("it cannot be loaded (", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
    }

    [CCompilerFact]
    public void NoModelLevel_ModelCommandsSayWhatToDo()
    {
        using NamedEngine spec = EngineCatalog.Parse("native:" + NativeSources.Build("kernel.c"));
        Assert.False(spec.RunsModels);
        InputException e = Assert.Throws<InputException>(() => spec.Create(SampleModels.Qwen35.Options(1, 1)));
        Assert.Contains("it offers only a kernel and cannot run models; use check", e.Message, StringComparison.Ordinal);
    }
}
