using BenchmarkDotNet.Attributes;

namespace Gdn.Benchmarks;

/// <summary>
/// Queries and keys to unit length: 16 heads of 128 each, as in Qwen3-Next. In place, and again the same the second time.
/// </summary>
[MemoryDiagnoser]
public class L2NormBenchmarks
{
    private const int Heads = 32, Dim = 128;
    private const float Epsilon = 1e-6f;
    private float[] _reference = [], _cpu = [];

    // Decode, and a ubatch of a prompt.
    [Params(1, 512)]
    public int Tokens { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        _cpu = Noise.Gaussian(1, Tokens * Heads * Dim);
        _reference = [.. _cpu];
        double[] expected = Noise.Exact(_cpu);
        Gdn.Reference.Operators.L2Norm.Run(expected.AsSpan(), Dim, (double)Epsilon);
        Cpu();
        Correctness.Require("l2 norm", _cpu, expected, i => (Dim + 4) * Correctness.U * Math.Abs(expected[i]));
    }

    [Benchmark(Baseline = true)]
    public void Reference() => Gdn.Reference.Operators.L2Norm.Run(_reference.AsSpan(), Dim, Epsilon);

    [Benchmark]
    public void Cpu() => Gdn.Optimized.Cpu.Kernels.L2Norm.Run(_cpu, Dim, Epsilon);
}
