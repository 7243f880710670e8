using Gdn.Harness.Clients;
using Gdn.Harness.Clients.Dialects;
using Xunit;

namespace Gdn.Properties.Harness.Clients;

/// <summary>Rounds by the counts that come with tokens, whenever accepted drafts are counted.</summary>
public class RoundCounterTests
{
    private static readonly ServedRound[] Expected = [new(1, 3, 0), new(2, 3, 1), new(4, 0, 0), new(5, 2, 2), new(8, 0, 0)];

    /// <summary>llama-server counts what is accepted with the first token of a round, seen on a running one.</summary>
    [Fact]
    public void Add_AcceptedWithFirstToken_RoundsAsTheyWere() =>
        Check([(1, 0, 0), (1, 3, 0), (1, 6, 1), (1, 6, 1), (1, 6, 1), (1, 8, 3), (1, 8, 3), (1, 8, 3), (1, 8, 3), (0, 8, 3)]);

    /// <summary>This tool's server counts it with the tokens that drafts became.</summary>
    [Fact]
    public void Add_AcceptedAsTheyCome_RoundsAsTheyWere() =>
        Check([(1, 0, 0), (1, 3, 0), (1, 6, 0), (1, 6, 1), (1, 6, 1), (1, 8, 1), (1, 8, 2), (1, 8, 3), (1, 8, 3), (0, 8, 3)]);

    [Fact]
    public void Add_OnlyTheEndIsCounted_TellsNoRounds()
    {
        var counter = new RoundCounter();
        counter.Add(0, 8, 3);
        Assert.Null(counter.Rounds);
    }

    private static void Check((int Tokens, int Drafted, int Accepted)[] parts)
    {
        var counter = new RoundCounter();
        foreach ((int tokens, int drafted, int accepted) in parts) counter.Add(tokens, drafted, accepted);
        Assert.Equal(Expected, counter.Rounds);
    }
}
