using FsCheck;
using FsCheck.Xunit;
using Gdn.Properties.Support;
using Gdn.Reference.Operators;
using Xunit;

namespace Gdn.Properties.Reference.Operators;

public class LinearTests
{
    [Property]
    public void Run_Integers_EqualsDirectSum(PositiveInt rows, PositiveInt columns, byte tokens, int seed)
    {
        (int o, int n, int count) = (rows.Get, columns.Get, tokens % 4);
        var random = new Random(seed);
        double[] Integers(int length) => [.. Enumerable.Range(0, length).Select(_ => (double)random.Next(-99, 100))];
        var weights = new Matrix<double>(o, n, Integers(o * n));
        double[] x = Integers(count * n);
        double[] expected =
            [.. from t in Enumerable.Range(0, count)
                from r in Enumerable.Range(0, o)
                select Enumerable.Range(0, n).Sum(c => weights.Data[r * n + c] * x[t * n + c])];

        Expect.Near("y", [count, o], expected, Linear.Run<double>(weights, x), 0);
    }

    /// <summary>However many rows are worked on at once, each has the bits of its scalar product.</summary>
    [Property]
    public void Run_AnyRows_HaveTheBitsOfDot(PositiveInt rows, PositiveInt columns, int seed)
    {
        var random = new Random(seed);
        float[] Numbers(int length) => [.. Enumerable.Range(0, length).Select(_ => (float)(random.NextDouble() - 0.5))];
        var weights = new Matrix<float>(rows.Get, columns.Get, Numbers(rows.Get * columns.Get));
        float[] x = Numbers(columns.Get);
        Assert.Equal(
            Enumerable.Range(0, rows.Get).Select(r => BitConverter.SingleToInt32Bits(Linear.Dot(weights.Row(r), x))),
            Linear.Run<float>(weights, x).Select(BitConverter.SingleToInt32Bits));
    }

    [Property]
    public void AddScaled_IsElementwise(PositiveInt length, sbyte a, int seed)
    {
        var random = new Random(seed);
        double[] Integers() => [.. Enumerable.Range(0, length.Get).Select(_ => (double)random.Next(-99, 100))];
        double[] x = Integers(), y = Integers(), expected = [.. y.Zip(x, (left, right) => left + a * right)];
        Linear.AddScaled(y, a, x);
        Assert.Equal(expected, y);
    }

    [Theory]
    [InlineData(7, 4)]
    [InlineData(6, 3)]
    public void Run_WrongLength_Throws(int x, int y) => Assert.ThrowsAny<ArgumentException>(
        () => Linear.Run<double>(new Matrix<double>(2, 3, new double[6]), new double[x], new double[y]));

    [Fact]
    public void FeedForward_WorkedByHand()
    {
        // gate x = (2, -1), up x = (3, 5): hidden = (3 silu(2), 5 silu(-1)), and down = (1, 2).
        var gate = new Matrix<double>(2, 3, [1, 1, 0, -1, 0, 0]);
        var up = new Matrix<double>(2, 3, [1, 1, 1, 0, 0, 5]);
        var down = new Matrix<double>(3, 2, [1, 2, 0, 0, -1, 0]);
        (double a, double b) = (3 * Activations.SiLU(2.0), 5 * Activations.SiLU(-1.0));

        Expect.Near("y", [3], [a + 2 * b, 0, -a], FeedForward.Run<double>(gate, up, down, [1, 1, 1]), 1e-15);
    }
}
