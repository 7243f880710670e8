using Gdn.Harness.Campaigns;
using Gdn.Harness.Traffic;
using Gdn.Properties.Harness.Clients;

namespace Gdn.Properties.Harness.Bleed;

/// <summary>Sweeps of a server in memory.</summary>
internal static class ToySweep
{
    public static Task<LiveBleedResult> RunAsync(
        ToyClient server, int rounds = 2, int[]? np = null, Scenario[]? scenarios = null, bool skip = false) => ToyClient.RunAsync(
        () => LiveBleedCampaign.SweepAsync(
            new LiveBleedOptions(
                server, Seed: 3, np ?? [2, 3, 4], scenarios ?? Scenarios.OnServers, rounds, new RoundSizes(Answer: 24, Ubatch: 80))
            {
                Vocabulary = ToyClient.Vocabulary,
                SkipWhatServerLacks = skip,
            },
            null, CancellationToken.None));

    public static string Text(LiveBleedResult result) => string.Join('\n', result.Rows);

    /// <summary>
    /// Every third request that is answered has the state of the second: a plan for another set of slots of the same size.
    /// </summary>
    public static void SwapThird(IReadOnlyList<ToyClient.Job> active)
    {
        if (active.Count >= 3 && active[2].Tokens.Count is > 2 and < 20) active[2].State = active[1].State;
    }
}
