using System.Runtime.InteropServices;
using System.Text;
using Gdn.Harness.Kernels.Cases;
using Gdn.Harness.Kernels.Checks;
using Gdn.Reference.Kernels;
using Xunit;

namespace Gdn.Properties.Harness.Kernels.Checks;

/// <summary>The checks must see every planted error, in nearly every case where it changes a bit: fast decay hides a few.</summary>
public class KernelMutantTests(ITestOutputHelper output)
{
    private const int Cases = 180;

    // Cases where a mutant changes a bit; more of them say nothing new.
    private const int Enough = 40;

    [Fact]
    public void Run_EveryMutant_Caught()
    {
        var table = new StringBuilder($"{"mutant",-32}{"caught",8}{"changed",8}  of {Cases} cases at most; by\n");
        var missed = new List<string>();
        foreach (IKernelEngine mutant in KernelMutants.All)
        {
            (int caught, int changed) = (0, 0);
            var properties = new SortedSet<KernelProperty>();
            KernelCaseSampler sampler = KernelCaseSampler.For(mutant, maxWork: 60_000);
            for (int i = 0; i < Cases && changed < Enough; i++)
            {
                KernelCase @case = sampler.Draw(20, i);
                bool effective = Changes(mutant, @case);
                IReadOnlyList<KernelFinding> findings = KernelCheck.Run(mutant, @case).Findings;
                if (findings.Count > 0) caught++;
                if (effective || findings.Count > 0) changed++;
                properties.UnionWith(findings.Select(f => f.Property));
            }

            table.AppendLine($"{mutant.Name,-32}{caught,8}{changed,8}  {string.Join(", ", properties)}");
            if (changed < 5 || changed - caught > Math.Max(1, 0.03 * changed)) missed.Add(mutant.Name);
        }

        output.WriteLine(table.ToString());
        Assert.True(missed.Count == 0, $"missed too often: {string.Join(", ", missed)}\n{table}");
    }

    // Whether a bit of any result differs from the reference's. Results have room behind them for stray writes.
    private static bool Changes(IKernelEngine engine, KernelCase @case)
    {
        using var reference = new TokenwiseEngine("reference");
        return !MemoryMarshal.AsBytes(Results(engine, @case).AsSpan())
            .SequenceEqual(MemoryMarshal.AsBytes(Results(reference, @case).AsSpan()));
    }

    private static float[] Results(IKernelEngine engine, KernelCase @case)
    {
        const int room = 8;
        KernelData data = KernelData.Generate(@case);
        KernelShape shape = @case.Shape;
        float[] pool = [.. data.Pool], output = new float[shape.ValueLength + room], snapshots = new float[shape.SnapshotLength];
        output.AsSpan().Fill(7);
        engine.Run(data.Call(pool, output.AsSpan(0, shape.ValueLength), snapshots));
        return [.. pool, .. output, .. snapshots];
    }
}
