using System.Reflection;
using Gdn.Harness.Campaigns;
using Gdn.Harness.Checks;
using Gdn.Harness.Engines;
using Gdn.Harness.Engines.Assemblies;
using Gdn.Harness.Engines.Isolation;
using Gdn.Harness.Findings;
using Gdn.Harness.Kernels.Checks;
using Gdn.Properties.Support;
using Gdn.Reference;
using Gdn.Reference.Kernels;
using Xunit;

namespace Gdn.Properties.Harness.Engines.Assemblies;

/// <summary>
/// Engines in .NET assemblies (tests/ForeignEngine), each in a process of its own: whatever they do is a finding that replays,
/// and the campaign goes on.
/// </summary>
public sealed class AssemblyEngineTests
{
    private static readonly string Misbehaving = Path.Combine(AppContext.BaseDirectory, "foreign", "Gdn.ForeignEngine.dll");
    private static readonly string Examples = Path.Combine(AppContext.BaseDirectory, "foreign", "Gdn.ExampleEngines.dll");

    private static NamedEngine Spec(string type, IsolationOptions? isolation = null) =>
        EngineCatalog.Parse($"assembly:{Misbehaving}:{type}", isolation);

    private static ScheduleResult Check(NamedEngine spec, int cases = 6, CancellationToken? cancellation = null) =>
        new ScheduleCampaign(new ScheduleOptions(spec, SampleModels.Qwen35, Seed: 6, Cases: cases, Slots: [1, 2, 3]))
            .Run(null, cancellation ?? TestContext.Current.CancellationToken);

    [Fact]
    public void Plain_GivesTheBitsThatItGivesInProcess()
    {
        using NamedEngine foreign = Spec("PlainEngine");
        SameBits.AsCpu(foreign);
    }

    [Theory]
    [InlineData("PlainEngine")]
    [InlineData("Printing")]
    public void Harmless_IsClean(string type)
    {
        using NamedEngine spec = Spec(type);
        ScheduleResult result = Check(spec);
        Assert.True(result.Completed, string.Join("\n", result.Findings.Select(finding => finding.Summary)));
        Assert.Equal(6, result.Rows.Sum(row => row.Cases));
    }

    [Theory]
    [InlineData("FailingFast", "crash", "the engine's process was ended by SIGABRT (abort), printing 'Process terminated. the plan is gone'")]
    [InlineData("Overflowing", "crash", "was ended by SIGABRT (abort), printing 'Stack overflow.")]
    [InlineData("Exiting", "crash", "the engine's process ended with exit code 0")]
    [InlineData("CrashingAtTheStart", "crash", "before step 0: the engine's process was ended by SIGABRT")]
    [InlineData("CrashingAtTheEnd", "crash", "printing 'Process terminated. freed twice'")]
    [InlineData("Throwing", "play", "the engine threw InvalidOperationException: out of luck")]
    [InlineData("NotANumber", "differential", "actual NaN")]
    [InlineData("MisSized", "play", "it says that rows have 7 logits; the model has 256")]
    public void Misbehaving_IsAShrunkFindingThatReplays(string type, string check, string evidence)
    {
        using NamedEngine spec = Spec(type);
        ScheduleResult result = Check(spec);

        Assert.Equal(6, result.Rows.Sum(row => row.Cases));
        ReplayFile replay = result.Findings.Single(finding => finding.Check == check).Replay!;
        Assert.Contains(evidence, replay.Summary, StringComparison.Ordinal);
        Assert.InRange(replay.Schedule!.TokenCount, 1, 2);
        Discrepancy? again = ModelChecks.Named(check)
            .RunGuarded(new ModelCase(replay.Schedule, spec, SampleModels.Qwen35), CancellationToken.None).Discrepancy;
        Assert.Contains(evidence, again?.Summary(), StringComparison.Ordinal);
    }

    [Fact]
    public void Hanging_IsAFinding()
    {
        using NamedEngine spec = Spec("Hanging", new IsolationOptions(TimeSpan.FromSeconds(0.3)));
        ReplayFile replay = Assert.Single(Check(spec, cases: 4).Findings).Replay!;
        Assert.Equal("hang", replay.Check);
        Assert.EndsWith("no answer within 0.3 s; the process was ended", replay.Summary, StringComparison.Ordinal);
        Assert.InRange(replay.Schedule!.TokenCount, 1, 2);
    }

    // The limit of the call is far longer than anybody would wait after Ctrl-C.
    [Fact]
    public void Cancelled_InTheMiddleOfACall_EndsTheCampaign()
    {
        using var cancellation = new CancellationTokenSource();
        using NamedEngine spec = Spec("Hanging", new IsolationOptions(TimeSpan.FromHours(1), cancellation.Token));
        cancellation.CancelAfter(TimeSpan.FromSeconds(2));
        ScheduleResult result = Check(spec, cancellation: cancellation.Token);
        Assert.False(result.Completed);
        Assert.Empty(result.Findings);
    }

    [Fact]
    public void Refusing_PassesThroughAsItself()
    {
        using NamedEngine spec = Spec("Refusing");
        InputException e = Assert.Throws<InputException>(() => Check(spec));
        Assert.Equal("Qwen35: it is not supported; take another model", e.Message);
    }

    [Fact]
    public void Kernel_Harmless_IsClean() => CheckKernel(Spec("PlainKernel"));

    [Fact]
    public void ExampleKernel_IsClean() => CheckKernel(EngineCatalog.Parse($"assembly:{Examples}:ExampleKernel"));

    [Fact]
    public void ExampleEngine_IsClean()
    {
        using NamedEngine spec = EngineCatalog.Parse($"assembly:{Examples}:ExampleEngine");
        ScheduleResult result = Check(spec, cases: 16);
        Assert.True(result.Completed, string.Join("\n", result.Findings.Select(finding => finding.Summary)));
        Assert.True(result.Rows.Sum(row => row.Rows) > 500);
    }

    // Authors of engines reference one library without dependencies.
    [Fact]
    public void Examples_ReferenceTheContractAlone() => Assert.Equal(
        ["Gdn.Reference"],
        Assembly.LoadFile(Examples).GetReferencedAssemblies().Select(name => name.Name)
            .Where(name => !name!.StartsWith("System.", StringComparison.Ordinal)));

    [Theory]
    [InlineData("1.2", "1.2")]
    [InlineData("1.2", "1.5")]
    [InlineData("0.1", "0.2")]
    public void CheckVersion_OlderOfTheSameMajor_Fits(string theirs, string ours) =>
        EngineLoadContext.CheckVersion("mine.dll", new Version(theirs), new Version(ours));

    [Theory]
    [InlineData("1.5", "1.2", "use a newer version of the tool")]
    [InlineData("2.0", "1.2", "use a newer version of the tool")]
    [InlineData("1.5", "2.0", "build it against this version")]
    public void CheckVersion_Other_IsRefused(string theirs, string ours, string remedy) => Assert.Equal(
        $"mine.dll: it was built against version {theirs} of Gdn.Reference; this is {ours}; {remedy}",
        Assert.Throws<InputException>(
            () => EngineLoadContext.CheckVersion("mine.dll", new Version(theirs), new Version(ours))).Message);

    private static void CheckKernel(NamedEngine spec)
    {
        using NamedEngine disposed = spec;
        Assert.Equal((true, false), (spec.HasKernel, spec.RunsModels));
        using IKernelEngine kernel = spec.CreateKernel();
        KernelCaseResults result = new KernelCaseRunner(Seed: 3, Cases: 90) { MaxWork = 30_000 }.Run(kernel);
        Assert.True(result is { Failed: 0, Cases: 90 }, string.Join("\n", result.Findings));
    }

    [Fact]
    public void Kernel_CrashesWhenAsked_IsAFinding()
    {
        using NamedEngine spec = Spec("UnaskableKernel");
        using IKernelEngine kernel = spec.CreateKernel();
        KernelFinding finding = new KernelCaseRunner(Seed: 3, Cases: 2) { MaxFailures = 1 }
            .Run(kernel, cancellation: TestContext.Current.CancellationToken).Findings[0];
        Assert.Equal(KernelProperty.Crash, finding.Property);
        Assert.Contains("do not ask", finding.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Kernel_ThrowsWhenAsked_IsAFinding()
    {
        using NamedEngine spec = Spec("IndignantKernel");
        using IKernelEngine kernel = spec.CreateKernel();
        KernelFinding finding = new KernelCaseRunner(Seed: 3, Cases: 2) { MaxFailures = 1 }
            .Run(kernel, cancellation: TestContext.Current.CancellationToken).Findings[0];
        Assert.Equal(KernelProperty.Returns, finding.Property);
        Assert.Contains("how dare you", finding.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "it contains several engines: ")]
    [InlineData(":Absent", "it contains no engine 'Absent'; name one of ")]
    public void Parse_NoSuchType_NamesThoseThatAre(string type, string message)
    {
        InputException e = Assert.Throws<InputException>(() => EngineCatalog.Parse($"assembly:{Misbehaving}{type}"));
        Assert.StartsWith($"{Misbehaving}: {message}", e.Message, StringComparison.Ordinal);
        Assert.Contains("Gdn.ForeignEngine.PlainKernel", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_NoEngineInIt_SaysWhatIsWanted()
    {
        string path = typeof(InputException).Assembly.Location;
        InputException e = Assert.Throws<InputException>(() => EngineCatalog.Parse($"assembly:{path}"));
        Assert.StartsWith($"{path}: it contains no engine; give it a public class that implements", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_NotAnAssembly_IsUnreadableInput()
    {
        string path = Path.Combine(AppContext.BaseDirectory, "Gdn.Properties.deps.json");
        InputException e = Assert.Throws<InputException>(() => EngineCatalog.Parse($"assembly:{path}"));
        Assert.StartsWith($"{path}: it is not a .NET assembly; ", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_MissingFile_IsUnreadableInput() => Assert.StartsWith(
        "/nowhere/engine.dll: it does not exist; ",
        Assert.Throws<InputException>(() => EngineCatalog.Parse("assembly:/nowhere/engine.dll")).Message,
        StringComparison.Ordinal);
}
