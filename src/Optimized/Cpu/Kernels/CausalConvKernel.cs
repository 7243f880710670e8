using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Gdn.Optimized.Cpu.Simd;
using Gdn.Optimized.Cpu.Threading;

namespace Gdn.Optimized.Cpu.Kernels;

/// <summary>
/// Causal depthwise convolution over time with SiLU, after which queries and keys become unit vectors: all in one pass over
/// the tokens of a run. A tap that reaches back beyond a sequence's first token of the run reads the window that the sequence
/// brought along: its last W - 1 inputs. A head's bits depend on its own channels alone.
/// </summary>
public static class CausalConvKernel
{
    private const int TokensPerItem = 4;

    /// <summary>
    /// <c>y[t, c] = silu( sum_i w[i, c] * in[t + i, c] )</c>, where i = W - 1 is the current token; then, for each head of
    /// queries and keys, <c>y / sqrt(|y|^2 + eps)</c>.
    /// </summary>
    /// <param name="shape">The channels.</param>
    /// <param name="x">Inputs <c>[n_tokens, C]</c>, the tokens of each sequence next to each other.</param>
    /// <param name="taps">w <c>[W, C]</c>: the transpose of what model files hold.</param>
    /// <param name="convSeqMap">Index of each token's sequence: <c>[n_tokens]</c>.</param>
    /// <param name="windows">Windows <c>[n_seqs, planes, W - 1, C]</c>, oldest input first.</param>
    /// <param name="planes">Planes per sequence.</param>
    /// <param name="source">The plane that holds each sequence's window before its first token.</param>
    /// <param name="output">Receives y <c>[n_tokens, C]</c>; must not overlap x.</param>
    /// <param name="workers">Threads.</param>
    /// <exception cref="ArgumentException">A length does not fit.</exception>
    public static void Run(
        in ConvShape shape, ReadOnlySpan<float> x, ReadOnlySpan<float> taps, ReadOnlySpan<int> convSeqMap,
        ReadOnlySpan<float> windows, int planes, int source, Span<float> output, Workers workers)
    {
        int channels = shape.Channels;
        if (x.Length != convSeqMap.Length * channels || output.Length != x.Length || taps.Length % channels != 0)
            throw new ArgumentException(
                $"x has {x.Length}, output {output.Length} and taps {taps.Length} elements for "
                + $"{convSeqMap.Length} tokens of {channels} channels.");
        if (channels % shape.HeadDim != 0 || shape.UnitChannels % shape.HeadDim != 0)
            throw new ArgumentException($"Channels must be whole heads: {shape}.");

        if (Vector512.IsHardwareAccelerated)
            Run<Vector512<float>, Simd512>(shape, x, taps, convSeqMap, windows, planes, source, output, workers);
        else if (Vector256.IsHardwareAccelerated)
            Run<Vector256<float>, Simd256>(shape, x, taps, convSeqMap, windows, planes, source, output, workers);
        else if (Vector128.IsHardwareAccelerated)
            Run<Vector128<float>, Simd128>(shape, x, taps, convSeqMap, windows, planes, source, output, workers);
        else
            Run<float, SimdScalar>(shape, x, taps, convSeqMap, windows, planes, source, output, workers);
    }

    internal static void Run<TVector, TSimd>(
        in ConvShape shape, ReadOnlySpan<float> x, ReadOnlySpan<float> taps, ReadOnlySpan<int> convSeqMap,
        ReadOnlySpan<float> windows, int planes, int source, Span<float> output, Workers workers)
        where TVector : struct
        where TSimd : struct, ISimd<TVector> =>
        workers.Run((convSeqMap.Length + TokensPerItem - 1) / TokensPerItem, new Tokens<TVector, TSimd>
        {
            Shape = shape,
            X = x,
            Taps = taps,
            ConvSeqMap = convSeqMap,
            Windows = windows,
            Planes = planes,
            Source = source,
            Output = output,
        });

    /// <summary>
    /// Writes the windows after each sequence's last tokens: plane s holds the last W - 1 inputs as of s tokens before the
    /// end of the run. Planes beyond the number of the sequence's tokens are left as they were.
    /// </summary>
    /// <param name="channels">C.</param>
    /// <param name="x">Inputs of the run <c>[n_tokens, C]</c>, the tokens of each sequence next to each other.</param>
    /// <param name="starts">Index of each sequence's first token, and the number of tokens: <c>[n_seqs + 1]</c>.</param>
    /// <param name="windows">As in <see cref="Run"/>; updated.</param>
    /// <param name="planes">Planes per sequence.</param>
    /// <param name="source">The plane that holds each sequence's window before its first token.</param>
    public static void Advance(
        int channels, ReadOnlySpan<float> x, ReadOnlySpan<int> starts, Span<float> windows, int planes, int source)
    {
        int sequences = starts.Length - 1, row = windows.Length / sequences / planes;
        for (int s = 0; s < sequences; s++)
        {
            int tokens = starts[s + 1] - starts[s], written = Math.Min(tokens, planes);
            ReadOnlySpan<float> inputs = x.Slice(starts[s] * channels, tokens * channels);
            Span<float> own = windows.Slice(s * planes * row, planes * row);
            // The others still need what stands in the source plane, so that one comes last.
            for (int plane = 0; plane < written; plane++)
                if (plane != source) Write(inputs, own.Slice(source * row, row), tokens - plane, own.Slice(plane * row, row));
            if (source < written)
                Write(inputs, own.Slice(source * row, row), tokens - source, own.Slice(source * row, row));
        }

        // The window after the first `count` inputs: what is left of the old one, then inputs. Old and new may be the
        // same memory; CopyTo allows for the overlap.
        void Write(ReadOnlySpan<float> inputs, ReadOnlySpan<float> old, int count, Span<float> target)
        {
            int fresh = Math.Min(count * channels, row);
            old[^(row - fresh)..].CopyTo(target);
            inputs.Slice(count * channels - fresh, fresh).CopyTo(target[(row - fresh)..]);
        }
    }

    private readonly unsafe ref struct Tokens<TVector, TSimd> : IWork
        where TVector : struct
        where TSimd : struct, ISimd<TVector>
    {
        public required ConvShape Shape { get; init; }

        public required ReadOnlySpan<float> X { get; init; }

        public required ReadOnlySpan<float> Taps { get; init; }

        public required ReadOnlySpan<int> ConvSeqMap { get; init; }

        public required ReadOnlySpan<float> Windows { get; init; }

        public required int Planes { get; init; }

        public required int Source { get; init; }

        public required Span<float> Output { get; init; }

        public void Run(int item)
        {
            int end = Math.Min(ConvSeqMap.Length, (item + 1) * TokensPerItem);
            for (int t = item * TokensPerItem; t < end; t++) Token(t);
        }

        private void Token(int t)
        {
            int channels = Shape.Channels, width = Taps.Length / channels, history = width - 1;
            int age = 0;
            while (age < history && age < t && ConvSeqMap[t - age - 1] == ConvSeqMap[t]) age++;
            int window = (ConvSeqMap[t] * Planes + Source) * history;
            float** inputs = stackalloc float*[width];
            fixed (float* x = X, windows = Windows, taps = Taps, output = Output)
            {
                for (int i = 0; i < width; i++)
                    inputs[i] = age + i < history ? windows + (window + age + i) * channels : x + (t + i - history) * channels;
                for (int channel = 0; channel < channels; channel += Shape.HeadDim)
                    Head(inputs, width, taps, channel, output + t * channels);
            }
        }

        private void Head(float** inputs, int width, float* taps, int channel, float* output)
        {
            int c = channel, end = channel + Shape.HeadDim;
            TVector squares = default;
            for (; c <= end - TSimd.Count; c += TSimd.Count)
            {
                TVector y = TSimd.SiLU(Sum<TVector, TSimd>(inputs, width, taps, c));
                squares = TSimd.MultiplyAdd(y, y, squares);
                TSimd.Store(y, ref *output, c);
            }

            float rest = TSimd.Sum(squares);
            for (; c < end; c++)
            {
                float y = SimdScalar.SiLU(Sum<float, SimdScalar>(inputs, width, taps, c));
                rest = MathF.FusedMultiplyAdd(y, y, rest);
                output[c] = y;
            }

            if (channel >= Shape.UnitChannels) return;
            float scale = 1 / MathF.Sqrt(rest + Shape.Epsilon);
            for (c = channel; c <= end - TSimd.Count; c += TSimd.Count)
                TSimd.Store(TSimd.Multiply(TSimd.Load(ref *output, c), TSimd.Broadcast(scale)), ref *output, c);
            for (; c < end; c++) output[c] *= scale;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private TWide Sum<TWide, TWidth>(float** inputs, int width, float* taps, int c)
            where TWide : struct
            where TWidth : struct, ISimd<TWide>
        {
            TWide sum = default;
            for (int i = 0; i < width; i++, taps += Shape.Channels)
                sum = TWidth.MultiplyAdd(TWidth.Load(ref *inputs[i], c), TWidth.Load(ref *taps, c), sum);
            return sum;
        }
    }
}
