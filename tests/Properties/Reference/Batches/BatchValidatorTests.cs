using FsCheck;
using FsCheck.Xunit;
using Gdn.Reference;
using Gdn.Reference.Batches;
using Xunit;

namespace Gdn.Properties.Reference.Batches;

[Properties(Arbitrary = [typeof(Interleavings)])]
public class BatchValidatorTests
{
    private static readonly BatchLimits Limits = new(Vocabulary: 50, MaxSequences: 4, MaxBatchTokens: 5, MaxPositions: 30);

    /// <summary>Sequence 7 is at position 12, sequence 8 at 30 (full); no other exists; two slots are free.</summary>
    [Theory]
    [InlineData("3:7:12 3:7:13 4:9:0 3:7:14 4:9:1")]
    [InlineData("0:7:12 49:8:0")]
    [InlineData("1:7:0 1:7:1")]
    [InlineData("1:0:0 1:1000000:0")]
    public void Check_GoodBatch_Passes(string batch) => Check(Parse(batch));

    [Theory]
    [InlineData("", "batch", "no tokens", "pass at least one")]
    [InlineData("1:7:12 1:7:13 1:7:14 1:7:15 1:7:16 1:7:17", "batch", "6 tokens, more than the capacity of 5", "split")]
    [InlineData("1:7:12 -1:7:13", "batch token 1", "token -1 ", "from 0 to 49")]
    [InlineData("1:7:12 1:7:13 50:7:14", "batch token 2", "token 50 ", "from 0 to 49")]
    [InlineData("1:-3:0", "batch token 0", "sequence -3 ", "from 0")]
    [InlineData("1:7:12 1:9:-1", "batch token 1", "position -1 of sequence 9", "30 tokens at most")]
    [InlineData("1:8:30", "batch token 0", "position 30 of sequence 8", "30 tokens at most")]
    [InlineData("1:7:12 1:7:14", "batch token 1", "sequence 7 has position 14 where 13", "increase by one")]
    [InlineData("1:7:12 1:7:13 1:7:12", "batch token 2", "sequence 7 has position 12 where 14", "increase by one")]
    [InlineData("1:7:12 1:7:12", "batch token 1", "sequence 7 has position 12 where 13", "increase by one")]
    [InlineData("1:7:12 1:7:0", "batch token 1", "sequence 7 has position 0 where 13", "increase by one")]
    [InlineData("1:9:0 1:7:13", "batch token 1", "sequence 7 has position 13 where 12", "start afresh at 0")]
    [InlineData("1:7:11", "batch token 0", "sequence 7 has position 11 where 12", "start afresh at 0")]
    [InlineData("1:9:4", "batch token 0", "sequence 9 has position 4 where 0", "")]
    [InlineData("1:1:0 1:2:0 1:7:12 1:3:0", "batch", "3 sequences but only 2 of 4", "clear sequences")]
    public void Check_BadBatch_SaysWhereWhatAndRemedy(string batch, string where, string problem, string remedy)
    {
        var error = Assert.Throws<InputException>(() => Check(Parse(batch)));

        Assert.Equal(where, error.Where);
        Assert.Matches($"^{where}: .*{problem}.*; .*{remedy}", error.Message);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Property]
    public void Check_AnyInterleaving_Passes(Interleaving interleaving) => CheckAtItsPositions(interleaving.ToBatch());

    [Property]
    public void Check_OnePositionMoved_NamesAToken(Interleaving interleaving, NonNegativeInt which, NonZeroInt by)
    {
        BatchToken[] tokens = interleaving.ToBatch().Tokens.ToArray();
        int moved = which.Get % tokens.Length;
        BatchToken before = tokens[moved];
        tokens[moved] = before with { Position = before.Position + by.Get };
        bool first = Array.FindIndex(tokens, token => token.Sequence == before.Sequence) == moved;
        // A sequence may start afresh: that is not an error if nothing of it follows.
        bool restarts = first && tokens[moved].Position == 0;
        if (restarts && interleaving.Sequences.Count(sequence => sequence == before.Sequence) == 1) return;

        var error = Assert.Throws<InputException>(() => CheckAtItsPositions(new TokenBatch(tokens)));

        int next = Array.FindIndex(tokens, moved + 1, token => token.Sequence == before.Sequence);
        Assert.Equal($"batch token {(restarts ? next : moved)}", error.Where);
    }

    private static void CheckAtItsPositions(TokenBatch batch) =>
        BatchValidator.Check(batch, new BatchLimits(100, 100, 100, 1000), Interleaving.FirstPosition, freeSlots: 100);

    private static void Check(TokenBatch batch) =>
        BatchValidator.Check(batch, Limits, sequence => sequence switch { 7 => 12, 8 => 30, _ => 0 }, freeSlots: 2);

    // "token:sequence:position ..."
    private static TokenBatch Parse(string batch) => new(
        batch.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(token =>
        {
            int[] n = [.. token.Split(':').Select(int.Parse)];
            return new BatchToken(n[0], n[1], n[2], Output: false);
        }));
}
