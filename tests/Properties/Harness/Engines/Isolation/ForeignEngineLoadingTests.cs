using Gdn.Harness.Engines;
using Gdn.Harness.Engines.Isolation;
using Gdn.Properties.Harness.Engines.Native;
using Gdn.Properties.Support;
using Gdn.Reference;
using Xunit;

namespace Gdn.Properties.Harness.Engines.Isolation;

/// <summary>An engine whose process dies while it is loaded cannot be judged: that is the environment, not a finding.</summary>
public sealed class ForeignEngineLoadingTests
{
    private static readonly string Assembly = Path.Combine(AppContext.BaseDirectory, "foreign", "Gdn.ForeignEngine.dll");

    [CCompilerTheory]
    [InlineData("ABORT_IN_CONSTRUCTOR", "was ended by SIGABRT (abort), printing 'looking at device 998 looking at device 999 no device found'; ")]
    [InlineData("EXIT_IN_CONSTRUCTOR", "ended with exit code 0, printing 'licence expired'; ")]
    [InlineData("ABORT_IN_DESCRIBE", "was ended by SIGABRT (abort); ")]
    [InlineData("MISSING_SYMBOL", "undefined symbol: nowhere")]
    public void Native_DiesWhileLoading_IsTheEnvironmentAndSaysWhatWasPrinted(string way, string evidence)
    {
        string name = "native:" + NativeSources.Build("loading.c", way);
        EnvironmentException e = Assert.Throws<EnvironmentException>(() => EngineCatalog.Parse(name));
        Assert.StartsWith($"engine '{name}': it cannot be loaded: ", e.Message, StringComparison.Ordinal);
        Assert.Contains(evidence, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
    }

    // Loading gets ten seconds more than a call.
    [CCompilerFact]
    public void Native_HangsWhileLoading_IsTheEnvironment()
    {
        string name = "native:" + NativeSources.Build("loading.c", "HANG_IN_CONSTRUCTOR");
        EnvironmentException e = Assert.Throws<EnvironmentException>(
            () => EngineCatalog.Parse(name, new IsolationOptions(TimeSpan.FromMilliseconds(10))));
        Assert.Contains(
            "no answer within 10.01 s; the process was ended, printing 'waiting for the device'; ", e.Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("DyingInStaticConstructor", "Process terminated. no device")]
    [InlineData("ThrowingInStaticConstructor", "it threw FormatException: The input string 'many' was not in a correct format.")]
    public void Assembly_FailsWhileLoading_IsTheEnvironment(string type, string evidence)
    {
        EnvironmentException e =
            Assert.Throws<EnvironmentException>(() => EngineCatalog.Parse($"assembly:{Assembly}:{type}"));
        Assert.Contains(evidence, e.Message, StringComparison.Ordinal);
    }

    [CCompilerFact]
    public void Native_WithoutFault_Loads()
    {
        using NamedEngine engine = EngineCatalog.Parse("native:" + NativeSources.Build("loading.c", "WITHOUT_FAULT"));
        Assert.Equal((true, false), (engine.HasKernel, engine.RunsModels));
    }
}
