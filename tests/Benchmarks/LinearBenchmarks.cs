using BenchmarkDotNet.Attributes;
using Gdn.Optimized.Cpu.Kernels;
using Gdn.Optimized.Cpu.Threading;
using Gdn.Reference.Operators;

namespace Gdn.Benchmarks;

/// <summary>A projection of 2048 inputs to 8192 outputs, the q, k and v of a layer of Qwen3-Next: 64 MiB of weights.</summary>
[MemoryDiagnoser]
public class LinearBenchmarks
{
    private const int Inputs = 2048, Outputs = 8192;
    private readonly Workers _pool = new(threads: 1);
    private Matrix<float> _weights = null!;
    private Projection _linear = null!;
    private float[] _x = [], _y = [];

    // Decode reads every weight for one token, and is bound by memory; a ubatch of 64 reads them for all, and is not.
    [Params(1, 64)]
    public int Tokens { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        _weights = new Matrix<float>(Outputs, Inputs, Noise.Gaussian(1, Outputs * Inputs));
        _linear = Projection.Of(_weights);
        _x = Noise.Gaussian(2, Tokens * Inputs);
        _y = new float[Tokens * Outputs];
        Cpu();

        for (int t = 0; t < Tokens; t++)
        {
            double[] x = Noise.Exact(_x.AsSpan(t * Inputs, Inputs));
            (double[] expected, double[] sizes) = (new double[Outputs], new double[Outputs]);
            for (int row = 0; row < Outputs; row++)
                for (int i = 0; i < Inputs; i++)
                {
                    double product = _weights.Data[row * Inputs + i] * x[i];
                    (expected[row], sizes[row]) = (expected[row] + product, sizes[row] + Math.Abs(product));
                }

            Correctness.Require(
                $"linear, token {t}", _y.AsSpan(t * Outputs, Outputs), expected, row => Inputs * Correctness.U * sizes[row]);
        }
    }

    [GlobalCleanup]
    public void CleanUp() => _pool.Dispose();

    [Benchmark(Baseline = true)]
    public void Reference() => Linear.Run(_weights, _x, _y);

    [Benchmark]
    public void Cpu() => _linear.Run(_x, _y, _pool);
}
