using Gdn.Harness.Cli;
using Spectre.Console;
using Xunit;

namespace Gdn.Properties.Harness.Cli;

/// <summary>The bar, on a terminal that is a text.</summary>
public sealed class LiveProgressTests
{
    [Fact]
    public async Task Bar_ShowsTheLastStateAndGivesTheResult()
    {
        using var screen = new StringWriter();
        IAnsiConsole terminal = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.Yes,
            Interactive = InteractionSupport.Yes,
            Out = new AnsiConsoleOutput(screen),
        });
        terminal.Profile.Width = 80;

        int result = await LiveProgress.OnBarAsync(
            terminal, new ProgressState("part 2 of 3"),
            progress =>
            {
                progress.Begin("kernel cases", total: 4);
                progress.Step();
                progress.Found();
                progress.Say("a line above the bar");
                progress.Step();
                return Task.FromResult(7);
            });

        Assert.Equal(7, result);
        Assert.Contains("a line above the bar", screen.ToString(), StringComparison.Ordinal);
        Assert.Contains("kernel cases", screen.ToString(), StringComparison.Ordinal);
        Assert.Contains("2 of 4", screen.ToString(), StringComparison.Ordinal);
    }
}
