using Gdn.Harness.Campaigns;
using Gdn.Harness.Engines.Cpu;
using Gdn.Harness.Kernels.Bounds;
using Gdn.Harness.Kernels.Calls;
using Gdn.Harness.Kernels.Cases;
using Xunit;

namespace Gdn.Properties.Harness.Engines.Cpu;

/// <summary>How far the ring may be from exact results, and from those of planes: both by the bounds that each declares.</summary>
public class RingKernelEngineTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(16)]
    public void Run_RandomCases_NoFinding(int length)
    {
        using var engine = new RingKernelEngine(length);

        KernelCaseResults result = new KernelCaseRunner(Seed: 1, Cases: 180) { MaxWork = 60_000 }.Run(
            engine, cancellation: TestContext.Current.CancellationToken);

        Assert.True(result.Failed == 0, string.Join("\n", result.Findings));
    }

    // Bounds on the errors of two kernels bound their distance; a ring that loses the first of 40 tokens is further away.
    [Fact]
    public void Run_BesidePlanes_WithinBothBoundsTogether_AndNotIfATokenIsDropped()
    {
        using var ring = new RingKernelEngine(length: 8);
        using var planes = new CpuKernelEngine();
        KernelCaseSampler sampler = KernelCaseSampler.For(ring, maxWork: 60_000);
        int caught = 0, tried = 0;
        for (int i = 0; i < 90; i++)
        {
            KernelCase @case = sampler.Draw(7, i);
            var data = KernelData.Generate(@case);
            Expected ofRing = KernelExpectation.Compute(data, ring.Precision)[KernelBuffer.Output];
            Expected ofPlanes = KernelExpectation.Compute(data, planes.Precision)[KernelBuffer.Output];
            float[] right = [.. KernelRun.Execute(planes, data)[KernelBuffer.Output]];

            Assert.True(Exceeded(KernelRun.Execute(ring, data)[KernelBuffer.Output]) == 0, @case.ToString());

            if (@case.Shape.BetaLength < 40 || !@case.Shape.Lengths.IsEmpty) continue;
            tried++;
            data.Beta[0] = 0;
            if (Exceeded(KernelRun.Execute(ring, data)[KernelBuffer.Output]) > 0) caught++;

            int Exceeded(ReadOnlySpan<float> output)
            {
                int blocks = 0;
                for (int block = 0; block < ofRing.Bounds.Length; block++)
                {
                    double square = 0;
                    for (int e = block * ofRing.BlockLength; e < (block + 1) * ofRing.BlockLength; e++)
                        square += Math.Pow((double)output[e] - right[e], 2);
                    if (Math.Sqrt(square) > ofRing.Bounds[block] + ofPlanes.Bounds[block]) blocks++;
                }

                return blocks;
            }
        }

        Assert.True(tried > 10 && caught >= 0.9 * tried, $"{caught} of {tried}");
    }
}
