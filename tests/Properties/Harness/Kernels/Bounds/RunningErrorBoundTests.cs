using Gdn.Harness.Kernels.Bounds;
using Gdn.Reference.Kernels;
using Xunit;

namespace Gdn.Properties.Harness.Kernels.Bounds;

/// <summary>The bound in cases small enough to be worked out by hand, and how it behaves over time.</summary>
public class RunningErrorBoundTests
{
    private const double U = KernelPrecision.F32;

    [Fact]
    public void Advance_OneByOneWorstCase_IsTheFormula()
    {
        var bound = new RunningErrorBound(1, 1, KernelPrecision.AllF32, BoundForm.WorstCase, stateNorm: 2);
        var scan = new HeadScan<double>(1, 1);
        scan.Load([2]);
        double decayed = 2 * Math.Exp(-0.5), delta = 0.5 * (3 - decayed), after = decayed + delta;

        scan.Step([1], [1], [3], [-0.5], 0.5);
        bound.Advance(scan.Norms, [-0.5], 0.5);

        double state = 6 * U * decayed + 0.5 * U * decayed + 3 * U * delta + U * after;
        Assert.Equal(state, bound.State, 1e-6 * state);
        double output = state + 2 * U * after + U * after;
        Assert.Equal(output, bound.Output, 1e-6 * output);
    }

    [Fact]
    public void Advance_GateForgets_ErrorSaturates()
    {
        double[] errors = StateErrors(KernelPrecision.AllF32, BoundForm.WorstCase, gate: -0.5, tokens: 400);

        Assert.Equal(errors[100], errors[399], 1e-6 * errors[399]);
    }

    [Fact]
    public void Advance_NoDecay_ProbabilisticGrowsAsRootWorstCaseLinearly()
    {
        // Without decay only the exponential is systematic; a gate of 0 is charged for it all the same.
        var exactExp = KernelPrecision.AllF32;
        double[] worst = StateErrors(exactExp, BoundForm.WorstCase, gate: 0, tokens: 400);
        double[] likely = StateErrors(exactExp, BoundForm.Probabilistic, gate: 0, tokens: 400);

        Assert.Equal(4, worst[399] / worst[99], 0.2);
        Assert.InRange(likely[399] / likely[99], 2, 4);
        Assert.True(likely[399] < worst[399]);
    }

    [Fact]
    public void Advance_ChunkEnds_DecayErrorEntersTheStateForGood()
    {
        double[] errors = StateErrors(
            KernelPrecision.AllF32 with { Chunk = 8 }, BoundForm.WorstCase, gate: -0.01, tokens: 9);

        Assert.All(errors.Zip(errors.Skip(1)), pair => Assert.True(pair.First < pair.Second, $"{pair}"));
    }

    // With nothing written, a state of size 1 is off by what every factor of its decay errs, summed up, and by roundings of it.
    [Fact]
    public void Advance_DecaysMultiplied_TheirErrorsAddUp()
    {
        const double gate = -0.25;
        var bound = new RunningErrorBound(
            1, 1, KernelPrecision.AllF32 with { Chunk = 8, MultipliesDecays = true }, BoundForm.WorstCase, stateNorm: 1);
        var scan = new HeadScan<double>(1, 1);
        scan.Load([1]);
        double rounding = 0;
        for (int t = 1; t <= 5; t++)
        {
            scan.Step([1], [1], [0], [gate], 0);
            bound.Advance(scan.Norms, [gate], 0);
            rounding = Math.Exp(gate) * rounding + U * scan.Norms.After;
            double state = t * (5 + 2 * -gate) * U * Math.Exp(t * gate) + rounding;
            Assert.Equal(state, bound.State, 1e-6 * state);
        }
    }

    [Theory]
    [InlineData(KernelPrecision.BF16, KernelPrecision.F32)]
    [InlineData(KernelPrecision.F32, KernelPrecision.BF16)]
    public void Advance_CoarserFormat_BoundScalesWithItsUnit(double state, double inputs)
    {
        double[] single = StateErrors(KernelPrecision.AllF32, BoundForm.Probabilistic, gate: -0.01, tokens: 50);
        double[] coarse = StateErrors(
            new KernelPrecision(state, inputs, KernelPrecision.F32), BoundForm.Probabilistic, gate: -0.01, tokens: 50);

        Assert.InRange(coarse[49] / single[49], 1000, KernelPrecision.BF16 / KernelPrecision.F32);
    }

    // Bound on the state of a 1 x 1 head that writes 1 with key 1 and beta 0.1 at every token, from 1.
    private static double[] StateErrors(KernelPrecision precision, BoundForm form, double gate, int tokens)
    {
        var bound = new RunningErrorBound(1, 1, precision, form, stateNorm: 1);
        var scan = new HeadScan<double>(1, 1);
        scan.Load([1]);
        var errors = new double[tokens];
        for (int t = 0; t < tokens; t++)
        {
            scan.Step([1], [1], [1], [gate], 0.1);
            bound.Advance(scan.Norms, [gate], 0.1);
            errors[t] = bound.State;
        }

        return errors;
    }
}
