using Gdn.Harness.Bleed;
using Gdn.Harness.Campaigns;
using Gdn.Harness.Clients;
using Gdn.Harness.Reports;
using Gdn.Harness.Traffic;
using Gdn.Properties.Harness.Clients;
using Xunit;

namespace Gdn.Properties.Harness.Bleed;

/// <summary>What is asked and said about a corruption once it is found.</summary>
public sealed class EvidenceTests
{
    /// <summary>To find the donor, more is asked than fits into the context, or than the server gives: the finding stays.</summary>
    [Theory]
    [InlineData(130, true)]
    [InlineData(184, false)]
    public async Task Run_QuestionsForTheDonorAreRefused_StaysDirty(int context, bool reportsContext)
    {
        var server = new ToyClient(4)
        {
            Info = new ServerInfo(
                new Uri("http://toy/"), ServerFlavour.Unknown, Slots: 4, ContextPerSlot: reportsContext ? context : null),
            Spoil = ToySweep.SwapThird,
            Asked = request =>
            {
                if (request.Prompt.Tokens!.Count + request.MaxTokens > context)
                    throw new BadAnswerException("toy", "the server answers 400 context exceeded") { Status = 400 };
            },
        };
        LiveBleedResult result = await ToySweep.RunAsync(server, np: [3], scenarios: [Scenario.LongPrompts]);
        Assert.True(Assert.Single(result.Rows).Verdict == Verdict.Dirty, ToySweep.Text(result));
    }

    /// <summary>The server stops to answer as soon as something was found.</summary>
    [Fact]
    public async Task Run_ServerRefusesAllFurtherQuestions_StaysDirtyAndSaysSo()
    {
        bool spoilt = false;
        var server = new ToyClient(4)
        {
            Spoil = active =>
            {
                spoilt |= active.Count >= 3;
                ToySweep.SwapThird(active);
            },
            Asked = request =>
            {
                if (spoilt && request.Purpose == "solo") throw new BadAnswerException("toy", "no answer within 1 s");
            },
        };
        LiveBleedResult result = await ToySweep.RunAsync(server, rounds: 1, np: [3], scenarios: [Scenario.Steady]);
        LiveBleedRow row = Assert.Single(result.Rows);
        Assert.Equal(Verdict.Dirty, row.Verdict);
        Assert.EndsWith("; the server could not be asked again", row.Basis, StringComparison.Ordinal);
    }

    [Fact]
    public void Donor_ByElimination_IsCalledAGuess() =>
        Assert.StartsWith("a guess", Attribution.ByElimination(1).Evidence, StringComparison.Ordinal);

    [Theory]
    [InlineData("!!!!!!!!!!!!", "!")]
    [InlineData("ababababababababa", "ab")]
    [InlineData("!!!!!!!", null)]
    [InlineData("well!!!!!!!!!!!!", null)]
    [InlineData("            ", null)]
    public void RepeatedPiece_Text_IsFoundIfNothingElseIsThere(string text, string? piece) =>
        Assert.Equal(piece, RepeatedPiece.In([new ServedToken(null, text, null, [])])?.Text);

    /// <summary>The rarer a fault has shown, the more rounds it takes to see it again.</summary>
    [Theory]
    [InlineData(1, 1, 3)]
    [InlineData(4, 4, 2)]
    [InlineData(1, 4, 8)]
    [InlineData(1, 200, 302)]
    public void ReproScript_Rounds_FollowFromTheRate(int dirty, int rounds, int played) =>
        Assert.Equal(played, ReproScript.RoundsFor(dirty, rounds));

    /// <summary>The script plays what the round was: slots, starts and departures.</summary>
    [Fact]
    public void ReproScript_Round_KeepsSlotsStartsAndDepartures()
    {
        var prompt = new Prompt([1, 2]);
        var round = new LiveRound(Scenario.BusySlot, 2,
        [
            new LiveRequest(prompt, 8, Slot: 1),
            new LiveRequest(prompt, 8, Start: new TokensArrived(0, 3), Abort: new TokensArrived(0, 5), Slot: 1),
            new LiveRequest(prompt, 8, Start: new RequestEnded(1), Cache: true),
            new LiveRequest(prompt, 8, Start: new RequestsEnded(2)),
        ]);
        var server = new ServerInfo(new Uri("http://toy:1/"), ServerFlavour.LlamaCpp, Slots: 4)
        {
            Route = ServerRoute.Native,
            Path = "/completion",
        };
        string script = ReproScript.Write(RoundResult.Failed(round, "none"), server, rounds: 7);
        Assert.Contains("rounds=${2:-7}", script, StringComparison.Ordinal);
        Assert.Contains("play 0 'now' '' &", script, StringComparison.Ordinal);
        Assert.Contains("play 1 'tokens 0 3' 'tokens 0 5' &", script, StringComparison.Ordinal);
        Assert.Contains("play 2 'ended 1' '' &", script, StringComparison.Ordinal);
        Assert.Contains("play 3 'endings 2' '' &", script, StringComparison.Ordinal);
        Assert.Equal(2, script.Split("\"id_slot\":1}").Length - 1);
        Assert.Equal(2, script.Split("\"id_slot\":-1}").Length - 1);
        Assert.Contains("\"cache_prompt\":true", script, StringComparison.Ordinal);
    }
}
