using System.Text.Json;
using Gdn.Harness.Traffic;
using Xunit;

namespace Gdn.Properties.Harness.Traffic;

/// <summary>What scenarios are called where people and files name them: that must not change with the code.</summary>
public sealed class ScenariosTests
{
    [Theory]
    [InlineData(Scenario.Solo, "solo", "Solo")]
    [InlineData(Scenario.Churn, "churn", "Churn")]
    [InlineData(Scenario.BusySlot, "busy-slot", "BusySlot")]
    [InlineData(Scenario.SlotFiles, "slot-files", "SlotFiles")]
    [InlineData(Scenario.LongPrompts, "long", "Long")]
    [InlineData(Scenario.Agent, "agent", "Agent")]
    public void Names_OnTheCommandLineAndInReplayFiles(Scenario scenario, string name, string inFiles)
    {
        Assert.Equal(name, scenario.Name());
        Assert.Equal(scenario, Assert.Single(Scenarios.Parse("--scenario", name, Scenarios.OnServers)));

        string json = $$"""{"Scenario":"{{inFiles}}","Slots":2,"Requests":[]}""";
        LiveRound round = JsonSerializer.Deserialize<LiveRound>(json)!;
        Assert.Equal(scenario, round.Scenario);
        Assert.Equal(json, JsonSerializer.Serialize(round));
    }

    [Fact]
    public void Names_AreAllDifferent() =>
        Assert.Equal(Enum.GetValues<Scenario>().Length, Scenarios.OnServers.Select(scenario => scenario.Name()).Distinct().Count());
}
