using Gdn.Harness.Clients;
using Gdn.Harness.Divergence;
using Gdn.Harness.MtpDiff.Servers;
using Xunit;

namespace Gdn.Properties.Harness.MtpDiff.Servers;

/// <summary>The depth of a fault by the rounds of answers.</summary>
public class RollbackDepthTests
{
    // Tokens 1; 2 and 3; 4; 5 and 6: taken back after them are 0, 1, 3 and 0.
    private static readonly ServedRound[] Rounds = [new(1, 0, 0), new(2, 2, 1), new(4, 3, 0), new(5, 1, 1)];

    [Theory]
    [InlineData(5, "follows 3 tokens taken back (1x) (1 of 1 corrupt answers); what follows 0 tokens taken back (1x), 1 token taken back (1x) was right")]
    [InlineData(6, "follows 3 tokens taken back (1x)")]
    [InlineData(4, "follows 1 token taken back (1x)")]
    [InlineData(2, "in batches with drafts, not in rollbacks")]
    public void Diagnose_WrongToken_NamesWhatWasTakenBackBeforeIt(int position, string expected) =>
        Assert.Contains(expected, RollbackDepth.Diagnose([Answer(Rounds, Outcome.Corrupt, position)])!, StringComparison.Ordinal);

    [Fact]
    public void Diagnose_NothingCorruptOrNoRounds_SaysNothing()
    {
        Assert.Null(RollbackDepth.Diagnose([Answer(Rounds, Outcome.Tie, 5)]));
        Assert.Null(RollbackDepth.Diagnose([Answer(null, Outcome.Corrupt, 5)]));
    }

    private static JudgedCompletion Answer(ServedRound[]? rounds, Outcome outcome, int position)
    {
        var completion = new Completion([], "", null, default) { Rounds = rounds };
        return new JudgedCompletion(
            completion, completion,
            new Judgement(outcome, 7, 0, new DivergencePoint(position, "a", "b", null, false, null, null), "reason"));
    }
}
