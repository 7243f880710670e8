using Gdn.Harness;
using Gdn.Harness.Kernels.Bounds;
using Gdn.Harness.Kernels.Calls;
using Gdn.Harness.Kernels.Cases;
using Gdn.Reference.Kernels;
using Gdn.Reference.Operators;
using Xunit;

namespace Gdn.Properties.Harness.Kernels.Bounds;

/// <summary>The vectorised recurrence against the scalar reference, bit for bit, and its norms against their definitions.</summary>
public class HeadScanTests
{
    [Theory]
    [InlineData("slow-gates:T70,n2,Hk2,Hv4,K128,V128,tiled,head,p3,rows3:1")]
    [InlineData("slow-gates:T9,n1,Hk1,Hv3,K192,V96,grouped,channel,p1,rows1:2")]
    [InlineData("mixed-heads:T33,n3,Hk3,Hv3,K17,V41,tiled,channel,p2,rows5:3")]
    [InlineData("ggml-gates:T4,n8,Hk1,Hv2,K1,V1,tiled,head,p4,rows8:4")]
    [InlineData("identical-keys:T300,n1,Hk1,Hv1,K64,V256,tiled,head,p0,rows1:5")]
    public void Compute_AnyShape_IsTheScalarReferenceToTheBit(string text)
    {
        KernelData data = KernelData.Generate(KernelCase.Parse(text));
        KernelExpectation expectation = KernelExpectation.Compute(data, KernelPrecision.AllF32);
        (KernelShape shape, DeltaRuleShape rule) = (data.Case.Shape, data.Case.Shape.Rule);

        for (int n = 0; n < shape.Sequences; n++)
        {
            double[] Part(float[] all, int length) => Array.ConvertAll(all[(n * length)..((n + 1) * length)], x => (double)x);
            double[] state = Array.ConvertAll(
                data.Pool.AsSpan(data.Rows[n] * rule.StateLength, rule.StateLength).ToArray(), x => (double)x);
            var output = new double[rule.ValueLength];
            var snapshots = new double[shape.FilledPlanes * rule.StateLength];
            DeltaRule.Run<double>(
                rule, shape.HeadMap, Part(data.Q, rule.KeyLength), Part(data.K, rule.KeyLength), Part(data.V, rule.ValueLength),
                Part(data.G, rule.GateLength), Part(data.Beta, rule.BetaLength), state, output, snapshots);

            Assert.Equal(output, expectation[KernelBuffer.Output].Values[(n * output.Length)..((n + 1) * output.Length)]);
            Assert.Equal(state, expectation[KernelBuffer.State].Values[(n * state.Length)..((n + 1) * state.Length)]);
            for (int plane = 0; plane < shape.FilledPlanes; plane++)
                Assert.Equal(
                    snapshots[(plane * state.Length)..((plane + 1) * state.Length)],
                    expectation[KernelBuffer.Snapshot].Values.AsSpan(
                        (plane * shape.Sequences + n) * state.Length, state.Length).ToArray());
        }
    }

    [Theory]
    [InlineData(16, 32)]
    [InlineData(5, 7)]
    [InlineData(130, 96)]
    public void Step_InSinglePrecision_IsTheScalarReferenceToTheBit(int keyDim, int valueDim)
    {
        var random = new SeededRandom((ulong)keyDim);
        float[] Draw(int length) => [.. Enumerable.Range(0, length).Select(_ => (float)random.NextGaussian())];
        float[] state = Draw(keyDim * valueDim), output = new float[valueDim];
        var scan = new HeadScan<float>(keyDim, valueDim);
        scan.Load(state);

        for (int t = 0; t < 20; t++)
        {
            float[] q = Draw(keyDim), k = Draw(keyDim), v = Draw(valueDim);
            scan.Step(q, k, v, [-0.3f], 0.7f);
            DeltaRule.Run<float>(
                new DeltaRuleShape(1, 1, 1, keyDim, valueDim), HeadMap.Tiled, q, k, v, [-0.3f], [0.7f], state, output);

            Assert.Equal(output, scan.Output.ToArray());
        }

        var stored = new float[state.Length];
        scan.Store(stored);
        Assert.Equal(state, stored);
    }

    [Fact]
    public void Norms_TwoRowsOfThreeColumns_AreTheirDefinitions()
    {
        float[] before = [1, -2, 3, 0.5f, 4, -1];
        double[] q = [0.6, -0.8], k = [-0.28, 0.96], v = [1, 2, -3], g = [-0.1, -2];
        const double beta = 0.4;
        var scan = new HeadScan<double>(2, 3);
        scan.Load(before);
        scan.Step(q, k, v, g, beta);
        TokenNorms norms = scan.Norms;

        double Decayed(int i, int j) => Math.Exp(g[i]) * before[i * 3 + j];
        double Residual(int j) => v[j] - (k[0] * Decayed(0, j) + k[1] * Decayed(1, j));
        double After(int i, int j) => Decayed(i, j) + k[i] * beta * Residual(j);
        double Root(int rows, Func<int, int, double> entry) => Math.Sqrt(
            Enumerable.Range(0, rows).SelectMany(i => Enumerable.Range(0, 3).Select(j => entry(i, j) * entry(i, j))).Sum());
        double Abs(Func<int, int, double> entry, double[] x, int j) => Math.Abs(entry(0, j) * x[0]) + Math.Abs(entry(1, j) * x[1]);
        Assert.Equal(Math.Exp(-0.1), norms.Decay, 1e-14);
        Assert.Equal(Root(2, (i, j) => (5 - 2 * g[i]) * Decayed(i, j)), norms.DecayLoss, 1e-13);
        Assert.Equal(Root(1, (_, j) => Abs(Decayed, k, j)), norms.Reads, 1e-13);
        Assert.Equal(Root(1, (_, j) => Residual(j)), norms.Residual, 1e-13);
        Assert.Equal(Root(2, After), norms.After, 1e-13);
        Assert.Equal(Root(1, (_, j) => Abs(After, q, j)), norms.Readout, 1e-13);
        Assert.Equal(Math.Sqrt(14), norms.Value, 1e-14);
        Assert.Equal(1, norms.Key, 1e-14);
        Assert.Equal(Root(1, (_, j) => (q[0] * After(0, j) + q[1] * After(1, j)) / Math.Sqrt(2)), norms.Output, 1e-13);
    }
}
