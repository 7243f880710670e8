using Gdn.Harness.Engines.Isolation;
using Xunit;

namespace Gdn.Properties.Harness.Engines.Isolation;

/// <summary>When a call that does not return is a hang: processes of any behaviour, on machines of any load, played second by second.</summary>
public sealed class CallPatienceTests
{
    private const double Limit = 10;

    /// <summary>The second at which a call is given up.</summary>
    /// <param name="share">Of a processor that the process uses.</param>
    /// <param name="waits">Share of the time for which each thread waits for a processor.</param>
    private static double EndOf(double share, params double[] waits)
    {
        var patience = new CallPatience(TimeSpan.FromSeconds(Limit));
        for (int second = 1; ; second++)
        {
            var load = new ProcessLoad(
                TimeSpan.FromSeconds(100 + share * second),
                waits.Index().ToDictionary(wait => $"{wait.Index}", wait => TimeSpan.FromSeconds(50 + wait.Item * second)));
            if (patience.IsOver(TimeSpan.FromSeconds(second), load)) return second;
        }
    }

    [Fact]
    public void Sleeps_HangsByTheClock() => Assert.Equal(Limit, EndOf(share: 0, waits: 0));

    [Fact]
    public void Spins_OnAFreeMachine_HangsByTheClock() => Assert.Equal(Limit, EndOf(share: 1, waits: 0));

    // Its threads wait for each other; that is its own doing.
    [Fact]
    public void Spins_OnMoreThreadsThanProcessors_HangsByTheClock() =>
        Assert.InRange(EndOf(share: 2, 0.9, 0.9, 0.9), Limit, Limit + 1);

    // The first second is not known: what came before the first look counts.
    [Fact]
    public void Spins_WithAQuarterOfAProcessor_HangsByProcessorTime() =>
        Assert.InRange(EndOf(share: 0.25, waits: 0.75), 36, 41);

    [Fact]
    public void Starved_IsGivenTenTimesTheLimit() => Assert.Equal(10 * Limit, EndOf(share: 0.02, waits: 0.98));

    [Fact]
    public void OneThreadOfManyStarved_TheOthersWaitForIt() => Assert.Equal(10 * Limit, EndOf(share: 0.02, 0, 0.98, 0));

    [Fact]
    public void NothingKnownOfTheProcess_HangsByTheClock()
    {
        var patience = new CallPatience(TimeSpan.FromSeconds(Limit));
        Assert.False(patience.IsOver(TimeSpan.FromSeconds(Limit - 1), null));
        Assert.True(patience.IsOver(TimeSpan.FromSeconds(Limit), null));
    }

    [Fact]
    public void LoadOfThisProcess_IsRead()
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("only Linux tells");
        ProcessLoad load = ProcessLoad.Of(Environment.ProcessId)!;
        Assert.True(load.Processor > TimeSpan.Zero);
        Assert.NotEmpty(load.Waits);
        Assert.Null(ProcessLoad.Of(int.MaxValue));
    }
}
