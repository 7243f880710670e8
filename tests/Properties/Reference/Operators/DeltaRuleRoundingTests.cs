using FsCheck.Xunit;
using Gdn.Reference.Operators;
using Xunit;

namespace Gdn.Properties.Reference.Operators;

[Properties(Arbitrary = [typeof(DeltaRuleCases)], MaxTest = 300)]
public class DeltaRuleRoundingTests
{
    private const double FloatRoundoff = 1.0 / (1 << 24);

    [Property]
    public void Run_InFloat_StaysWithinRunningBound(DeltaRuleCase c)
    {
        DeltaRuleInputs<double> inputs = c.Make();
        (double[] output, double[] state) = inputs.Run();
        (float[] floatOutput, float[] floatState) = inputs.To<float>().Run();
        (double[] outputBound, double[] stateBound) = RunningErrorBound.Of(inputs, FloatRoundoff);

        CheckRows("output row", outputBound, output, floatOutput);
        CheckRows("state of head", stateBound, state, floatState);
    }

    /// <summary>A bound that nothing can break proves nothing: values rounded to half precision must break it.</summary>
    [Fact]
    public void Run_InLowerPrecision_BreaksRunningBound()
    {
        var c = new DeltaRuleCase(
            new DeltaRuleShape(40, 2, 4, 11, 7), HeadMap.Tiled, 8, KeyRegime.Identical, GateRegime.Constant,
            BetaRegime.NearOne, StateSize: 1, Seed: 1);
        DeltaRuleInputs<double> inputs = c.Make();
        double[] exact = inputs.Run().Output;
        float[] rough = (inputs with { V = [.. inputs.V.Select(v => (double)(Half)v)] }).To<float>().Run().Output;

        Assert.ThrowsAny<Exception>(
            () => CheckRows("output row", RunningErrorBound.Of(inputs, FloatRoundoff).Output, exact, rough));
    }

    private static void CheckRows(string name, double[] bounds, double[] expected, float[] actual)
    {
        if (bounds.Length == 0) return;
        int length = expected.Length / bounds.Length;
        for (int row = 0; row < bounds.Length; row++)
        {
            double[] difference =
                [.. Enumerable.Range(row * length, length).Select(i => expected[i] - actual[i])];
            double error = DeltaRuleInputs.Norm(difference);
            if (!(error <= bounds[row])) Assert.Fail($"{name} {row}: error {error}, allowed {bounds[row]}");
        }
    }
}
