using FsCheck.Xunit;
using Gdn.Properties.Support;
using Gdn.Reference.Operators;
using Xunit;

namespace Gdn.Properties.Reference.Operators;

/// <summary>The oracle against itself: two derivations of the delta rule that share no step.</summary>
[Properties(Arbitrary = [typeof(DeltaRuleCases)], MaxTest = 300)]
public class ChunkedDeltaRuleTests
{
    /// <summary>
    /// Both are exact up to rounding, so they agree to 1e-12 times the largest norm of the head's state, at least 1:
    /// about 4500 units of rounding, for 130 tokens of 12 products each.
    /// </summary>
    [Property]
    public void Run_AnyChunk_EqualsRecurrence(DeltaRuleCase c)
    {
        DeltaRuleInputs<double> inputs = c.Make();
        (double[] output, double[] state) = inputs.Run();
        double[] norms = inputs.StateNorms();

        double[] chunkedState = [.. inputs.State];
        var chunkedOutput = new double[output.Length];
        ChunkedDeltaRule.Run(
            c.Shape, c.Map, c.Chunk, inputs.Q, inputs.K, inputs.V, inputs.G, inputs.Beta, chunkedState, chunkedOutput);

        (int heads, int length, int dim) = (c.Shape.ValueHeads, c.Shape.HeadStateLength, c.Shape.ValueDim);
        for (int h = 0; h < heads; h++)
        {
            Expect.Near(
                $"state of head {h}", [c.Shape.KeyDim, dim],
                state.AsSpan(h * length, length), chunkedState.AsSpan(h * length, length), 1e-12 * norms[h]);
            for (int t = 0; t < c.Shape.Tokens; t++)
                Expect.Near(
                    $"output of token {t}, head {h}", [dim],
                    output.AsSpan((t * heads + h) * dim, dim), chunkedOutput.AsSpan((t * heads + h) * dim, dim),
                    1e-12 * norms[h]);
        }
    }

    [Fact]
    public void Run_EmptyChunk_Throws() => Assert.ThrowsAny<ArgumentException>(
        () => ChunkedDeltaRule.Run(new DeltaRuleShape(0, 1, 1, 1, 1), HeadMap.Tiled, 0, [], [], [], [], [], [0], []));
}
