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
