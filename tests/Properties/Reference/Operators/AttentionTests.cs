using FsCheck.Xunit;
using Gdn.Properties.Support;
using Gdn.Reference.Operators;
using Xunit;

namespace Gdn.Properties.Reference.Operators;

public class AttentionTests
{
    private const int Heads = 6, Groups = 2, KeyDim = 5, ValueDim = 3;

    [Property]
    public void Run_OneToken_ReturnsItsValue(int seed)
    {
        var random = new Random(seed);
        double[] values = random.Array(Groups * ValueDim), output = new double[Heads * ValueDim];
        Attention.Run<double>(
            Heads, Groups, random.Array(Heads * KeyDim, 10), random.Array(Groups * KeyDim, 10), values, output);

        for (int h = 0; h < Heads; h++)
            Expect.SameBits(
                $"head {h}", [ValueDim], values.AsSpan(h / (Heads / Groups) * ValueDim, ValueDim),
                output.AsSpan(h * ValueDim, ValueDim));
    }

    [Property]
    public void Run_EqualKeys_ReturnsTheMeanValue(int seed)
    {
        const int count = 4;
        var random = new Random(seed);
        double[] key = random.Array(Groups * KeyDim, 10), values = random.Array(count * Groups * ValueDim);
        var output = new double[Heads * ValueDim];
        Attention.Run<double>(
            Heads, Groups, random.Array(Heads * KeyDim, 10), [.. Enumerable.Repeat(key, count).SelectMany(k => k)], values,
            output);

        for (int h = 0; h < Heads; h++)
            for (int j = 0; j < ValueDim; j++)
                Assert.Equal(
                    Enumerable.Range(0, count).Average(i => values[(i * Groups + h / 3) * ValueDim + j]),
                    output[h * ValueDim + j], 1e-14);
    }

    [Fact]
    public void Run_TwoTokens_WorkedByHand()
    {
        // Scores q . k / sqrt(4) = 0 and ln 3: weights 1/4 and 3/4. The second head reads the second group.
        double[] output = new double[2];
        Attention.Run<double>(
            2, 2, q: [2 * Math.Log(3), 0, 0, 0, 0, 2 * Math.Log(3), 0, 0],
            keys: [0, 0, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0], values: [4, 40, 8, 80], output);

        Expect.Near("output", [2, 1], [7, 50], output, 1e-13);
    }
}
