using Gdn.Harness.Cli;
using Gdn.Harness.Clients;
using Gdn.Harness.Reports;
using Gdn.Reference;
using Xunit;

namespace Gdn.Properties.Harness.Cli;

/// <summary>What a command ends with.</summary>
public class ExitCodesTests
{
    private static readonly Exception Gone = new EnvironmentException("http://toy/", "the server went away", "start it again");

    public static TheoryData<Verdict, Exception?, ExitCode> Reports => new()
    {
        { Verdict.Clean, null, ExitCode.Clean },
        { Verdict.Dirty, null, ExitCode.Dirty },
        { Verdict.Inconclusive, null, ExitCode.Inconclusive },
        { Verdict.Inconclusive, new BadAnswerException("http://toy/", "nonsense"), ExitCode.Inconclusive },
        { Verdict.Inconclusive, Gone, ExitCode.Environment },
        { Verdict.Dirty, Gone, ExitCode.Environment },
    };

    [Theory]
    [MemberData(nameof(Reports))]
    public void Of_LastPart_DecidesAfterACleanOne(Verdict verdict, Exception? failure, ExitCode expected) => Assert.Equal(
        expected,
        ExitCodes.Of(new Report(
            "bleed", 1, [new Part("a", Verdict.Clean, "x"), new Part("b", verdict, "y") { Failure = failure }])));

    [Theory]
    [InlineData(Verdict.Clean, ExitCode.Environment)]
    [InlineData(Verdict.Inconclusive, ExitCode.Environment)]
    [InlineData(Verdict.Dirty, ExitCode.Dirty)]
    public void Of_FileNotWritten_OutweighsAllButAFinding(Verdict verdict, ExitCode expected) =>
        Assert.Equal(expected, ExitCodes.Of(new Report("check", 1, [new Part("a", verdict, "x")]), isWritten: false));
}
