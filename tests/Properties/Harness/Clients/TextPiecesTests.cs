using Gdn.Harness;
using Gdn.Harness.Clients;
using Xunit;

namespace Gdn.Properties.Harness.Clients;

/// <summary>Answers that are text and nothing else come in parts as the network has it.</summary>
public sealed class TextPiecesTests
{
    [Fact]
    public void Settle_AnyCuts_MakesTheSameWords()
    {
        const string Text = " the  amber\nboat (x)\n is near";
        var random = new SeededRandom(7);
        for (int round = 0; round < 50; round++)
        {
            var parts = new List<ServedToken>();
            for (int start = 0; start < Text.Length;)
            {
                int end = Math.Min(Text.Length, start + 1 + random.Next(6));
                parts.Add(new ServedToken(null, Text[start..end], null, []));
                start = end;
            }

            Assert.Equal([" the", "  amber", "\nboat", " (x)", "\n is", " near"], Words(parts, isWhole: true));
            Assert.Equal([" the", "  amber", "\nboat", " (x)", "\n is"], Words(parts, isWhole: false));
        }
    }

    [Fact]
    public void Settle_TokensWithIdsOrLogProbabilities_StayAsTheyAre()
    {
        foreach (ServedToken token in (ServedToken[])[new(5, " a b", null, []), new(null, " a b", -1, [])])
            Assert.Equal([token], TextPieces.Settle(new Completion([token], " a b", null, default), isWhole: false).Tokens);
    }

    private static IEnumerable<string> Words(List<ServedToken> parts, bool isWhole) => TextPieces.Settle(
        new Completion(parts, string.Concat(parts.Select(part => part.Text)), null, default), isWhole)
        .Tokens.Select(token => token.Text);
}
