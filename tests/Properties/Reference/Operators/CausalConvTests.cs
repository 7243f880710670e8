using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Gdn.Properties.Support;
using Gdn.Reference.Operators;
using Xunit;

namespace Gdn.Properties.Reference.Operators;

/// <summary>One conv call; the numbers follow from the seed.</summary>
public sealed record ConvCase(int Channels, int Width, int Tokens, int Seed)
{
    internal int StateLength => (Width - 1) * Channels;
}

public static class ConvCases
{
    public static Arbitrary<ConvCase> Any() => Arb.From(
        from channels in Gen.Choose(1, 7)
        from width in Gen.Choose(2, 6)
        from tokens in Gen.Choose(0, 13)
        from seed in Gen.Choose(0, int.MaxValue)
        select new ConvCase(channels, width, tokens, seed),
        c => new[]
        {
            c with { Channels = c.Channels - 1 }, c with { Width = c.Width - 1 }, c with { Tokens = c.Tokens - 1 },
        }.Where(s => s.Channels >= 1 && s.Width >= 2 && s.Tokens >= 0));
}

[Properties(Arbitrary = [typeof(ConvCases)])]
public class CausalConvTests
{
    [Property]
    public void Run_Integers_EqualsDirectSum(ConvCase c)
    {
        // Small integers: every sum is exact, so any order of summation gives the same bits.
        var random = new Random(c.Seed);
        double[] Integers(int length) => [.. Enumerable.Range(0, length).Select(_ => (double)random.Next(-99, 100))];
        double[] history = Integers(c.StateLength), x = Integers(c.Tokens * c.Channels);
        double[] weights = Integers(c.Channels * c.Width);
        double[] input = [.. history, .. x];
        double[] expected =
            [.. from t in Enumerable.Range(0, c.Tokens)
                from channel in Enumerable.Range(0, c.Channels)
                select Enumerable.Range(0, c.Width).Sum(
                    i => weights[channel * c.Width + i] * input[(t + i) * c.Channels + channel])];

        (double[] output, double[] state) = Run(c, x, weights, history);

        Expect.Near("output", [c.Tokens, c.Channels], expected, output, 0);
        Expect.SameBits("state", [c.Width - 1, c.Channels], input.AsSpan(input.Length - c.StateLength), state);
    }

    [Property]
    public void Run_AnySplit_SameBits(ConvCase c, PositiveInt longest)
    {
        (double[] x, double[] weights, double[] history) = Inputs(c);
        (double[] output, double[] state) = Run(c, x, weights, history);
        var random = new Random(c.Seed);
        foreach (int limit in new[] { 1, longest.Get })
        {
            var parts = new List<double>();
            double[] carried = history;
            for (int start = 0; start < c.Tokens;)
            {
                int count = Math.Min(random.Next(1, limit + 1), c.Tokens - start);
                (double[] part, carried) =
                    Run(c, x[(start * c.Channels)..][..(count * c.Channels)], weights, carried);
                parts.AddRange(part);
                start += count;
            }

            Expect.SameBits<double>($"output in parts of <= {limit}", [c.Tokens, c.Channels], output, [.. parts]);
            Expect.SameBits<double>($"state in parts of <= {limit}", [c.Width - 1, c.Channels], state, carried);
        }
    }

    [Property]
    public void Run_Snapshots_NewestFirst(ConvCase c, NonNegativeInt extra)
    {
        int planes = extra.Get % (c.Tokens + 4);
        (double[] x, double[] weights, double[] history) = Inputs(c);
        var snapshots = new double[planes * c.StateLength];
        Array.Fill(snapshots, double.NaN);
        Run(c, x, weights, history, snapshots);

        for (int plane = 0; plane < planes; plane++)
        {
            var expected = new double[c.StateLength];
            Array.Fill(expected, double.NaN);
            if (plane < c.Tokens) expected = Run(c, x[..((c.Tokens - plane) * c.Channels)], weights, history).State;
            Expect.SameBits<double>(
                $"plane {plane} of {planes}", [c.Width - 1, c.Channels], expected,
                snapshots.AsSpan(plane * c.StateLength, c.StateLength));
        }
    }

    [Theory]
    [InlineData(0, 6, 8, 6, 6, 0)]
    [InlineData(2, 7, 8, 7, 6, 0)]
    [InlineData(2, 6, 9, 6, 6, 0)]
    [InlineData(2, 6, 2, 6, 6, 0)]
    [InlineData(2, 6, 8, 4, 6, 0)]
    [InlineData(2, 6, 8, 6, 8, 0)]
    [InlineData(2, 6, 8, 6, 6, 7)]
    public void Run_WrongLength_Throws(int channels, int x, int weights, int output, int state, int snapshots) =>
        Assert.ThrowsAny<ArgumentException>(() => CausalConv.Run<double>(
            channels, new double[x], new double[weights], new double[state], new double[output], new double[snapshots]));

    private static (double[] X, double[] Weights, double[] History) Inputs(ConvCase c)
    {
        var random = new Random(c.Seed);
        return (random.Array(c.Tokens * c.Channels), random.Array(c.Channels * c.Width), random.Array(c.StateLength));
    }

    private static (double[] Output, double[] State) Run(
        ConvCase c, double[] x, double[] weights, double[] history, double[]? snapshots = null)
    {
        double[] state = [.. history];
        var output = new double[x.Length];
        CausalConv.Run<double>(c.Channels, x, weights, state, output, snapshots);
        return (output, state);
    }
}
