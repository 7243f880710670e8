using Gdn.Harness.Cli;
using Gdn.Properties.Support;
using Xunit;

namespace Gdn.Properties.Harness.Cli;

/// <summary>Shells ask the tool itself, so that what they offer is what it takes.</summary>
public class CompletionTests
{
    [Theory]
    [InlineData("gdn-harness ga", "gate")]
    [InlineData("gdn-harness check --eng", "--engine")]
    [InlineData("gdn-harness check --engine cpu+fault:modulo", "cpu+fault:modulo-slot")]
    [InlineData("gdn-harness gate --engine cpu+fault:modulo", "cpu+fault:modulo-slot")]
    [InlineData("gdn-harness gate --profile q", "quick")]
    [InlineData("gdn-harness bleed --scenario chu", "churn")]
    public void Suggest_BeginningOfAWord_OffersIt(string line, string word)
    {
        Tool.Result result = Tool.Run($"[suggest:{line.Length}]", line);
        Assert.True(result.Exit == ExitCode.Clean, result.Error);
        Assert.Contains(word, result.Output.Split(Environment.NewLine));
    }

    [Theory]
    [InlineData("bash", "complete -o default -F _gdn_harness gdn-harness")]
    [InlineData("zsh", "#compdef gdn-harness")]
    [InlineData("fish", "complete -c gdn-harness")]
    public void Completion_OfAShell_IsItsScript(string shell, string line)
    {
        Tool.Result result = Tool.Run("completion", shell);
        Assert.Equal(ExitCode.Clean, result.Exit);
        Assert.Contains(line, result.Output, StringComparison.Ordinal);
    }
}
