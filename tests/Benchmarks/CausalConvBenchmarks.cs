using BenchmarkDotNet.Attributes;
using Gdn.Optimized.Cpu.Kernels;
using Gdn.Optimized.Cpu.Threading;
using Gdn.Reference.Operators;

namespace Gdn.Benchmarks;

/// <summary>
/// Convolution over time with SiLU and unit queries and keys: 8192 channels, those of q, k and v of Qwen3-Next, and 4 taps.
/// </summary>
[MemoryDiagnoser]
public class CausalConvBenchmarks
{
    private const int Channels = 8192, HeadDim = 128, Taps = 4;
    private static readonly ConvShape Shape = new(Channels, HeadDim, UnitChannels: 4096, Epsilon: 1e-6f);
    private readonly Workers _pool = new(1);
    private float[] _x = [], _taps = [], _window = [], _output = [];
    private int[] _sequences = [];

    // Decode, and a ubatch of a prompt.
    [Params(1, 512)]
    public int Tokens { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        (_x, _taps) = (Noise.Gaussian(1, Tokens * Channels), Noise.Gaussian(2, Taps * Channels));
        _window = Noise.Gaussian(3, (Taps - 1) * Channels);
        (_sequences, _output) = (new int[Tokens], new float[Tokens * Channels]);
        Cpu();

        (double[] expected, double[] sizes) = (new double[_output.Length], new double[_output.Length]);
        for (int t = 0; t < Tokens; t++)
            for (int c = 0; c < Channels; c++)
            {
                (double sum, double size) = (0, 0);
                for (int i = 0; i < Taps; i++)
                {
                    int row = t + i - (Taps - 1);
                    double product = _taps[i * Channels + c] * (double)(row < 0
                        ? _window[(row + Taps - 1) * Channels + c]
                        : _x[row * Channels + c]);
                    (sum, size) = (sum + product, size + Math.Abs(product));
                }

                (expected[t * Channels + c], sizes[t * Channels + c]) = (Activations.SiLU(sum), size);
            }

        for (int start = 0; start < expected.Length; start += HeadDim)
        {
            if (start % Channels >= Shape.UnitChannels) continue;
            double norm = Math.Sqrt(expected.AsSpan(start, HeadDim).ToArray().Sum(value => value * value));
            for (int i = start; i < start + HeadDim; i++) (expected[i], sizes[i]) = (expected[i] / norm, sizes[i] / norm);
        }

        // Four roundings in the sum, which SiLU passes on at 1.1 times at most, and some ulp of its own and of the norm's.
        Correctness.Require("conv", _output, expected, i => 16 * Correctness.U * (sizes[i] + Math.Abs(expected[i])));
    }

    [Benchmark]
    public void Cpu() => CausalConvKernel.Run(
        Shape, _x, _taps, _sequences, _window, planes: 1, source: 0, _output, _pool);
}
