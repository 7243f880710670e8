using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Gdn.Optimized.Cpu.Kernels;

/// <summary>
/// Causal depthwise convolution over time with SiLU, over all tokens of a run. A tap that reaches back beyond a sequence's
/// first token of the run reads the window that the sequence brought along: its last W - 1 inputs.
/// </summary>
public static class CausalConv
{
    /// <summary><c>y[t, c] = silu( sum_i w[i, c] * in[t + i, c] )</c>, where i = W - 1 is the current token.</summary>
    /// <param name="channels">C.</param>
    /// <param name="x">Inputs <c>[n_tokens, C]</c>, the tokens of each sequence next to each other.</param>
    /// <param name="taps">w <c>[W, C]</c>: the transpose of what model files hold.</param>
    /// <param name="convSeqMap">Index of each token's sequence: <c>[n_tokens]</c>.</param>
    /// <param name="windows">Windows <c>[n_seqs, planes, W - 1, C]</c>, oldest input first.</param>
    /// <param name="planes">Planes per sequence.</param>
    /// <param name="source">The plane that holds each sequence's window before its first token.</param>
    /// <param name="output">Receives y <c>[n_tokens, C]</c>; must not overlap x.</param>
    /// <exception cref="ArgumentException">A length does not fit.</exception>
    public static void Run(
        int channels, ReadOnlySpan<float> x, ReadOnlySpan<float> taps, ReadOnlySpan<int> convSeqMap,
        ReadOnlySpan<float> windows, int planes, int source, Span<float> output)
    {
        int width = taps.Length / channels, history = width - 1;
        if (x.Length != convSeqMap.Length * channels || output.Length != x.Length || taps.Length % channels != 0)
            throw new ArgumentException(
                $"x has {x.Length}, output {output.Length} and taps {taps.Length} elements for "
                + $"{convSeqMap.Length} tokens of {channels} channels.");

        int age = 0;
        for (int t = 0; t < convSeqMap.Length; t++)
        {
            int sequence = convSeqMap[t];
            age = t > 0 && convSeqMap[t - 1] == sequence ? age + 1 : 0;
            Span<float> y = output.Slice(t * channels, channels);
            ReadOnlySpan<float> window = windows.Slice((sequence * planes + source) * history * channels, history * channels);
            for (int i = 0; i < width; i++)
            {
                ReadOnlySpan<float> input = age + i < history
                    ? window.Slice((age + i) * channels, channels)
                    : x.Slice((t + i - history) * channels, channels);
                Accumulate(input, taps.Slice(i * channels, channels), y, isFirst: i == 0);
            }

            SiLU(y);
        }
    }

    /// <summary>
    /// Writes the windows after each sequence's last tokens: plane s holds the last W - 1 inputs as of s tokens before the
    /// end of the run. Planes beyond the number of tokens are left as they were.
    /// </summary>
    /// <param name="channels">C.</param>
    /// <param name="x">Inputs of the run <c>[n_seqs, T, C]</c>.</param>
    /// <param name="sequences">n_seqs.</param>
    /// <param name="windows">As in <see cref="Run"/>; updated.</param>
    /// <param name="planes">Planes per sequence.</param>
    /// <param name="source">The plane that holds each sequence's window before its first token.</param>
    public static void Advance(
        int channels, ReadOnlySpan<float> x, int sequences, Span<float> windows, int planes, int source)
    {
        int tokens = x.Length / channels / sequences, row = windows.Length / sequences / planes;
        int written = Math.Min(tokens, planes);
        for (int s = 0; s < sequences; s++)
        {
            ReadOnlySpan<float> inputs = x.Slice(s * tokens * channels, tokens * channels);
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

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Accumulate(ReadOnlySpan<float> input, ReadOnlySpan<float> taps, Span<float> sum, bool isFirst)
    {
        ref float x = ref MemoryMarshal.GetReference(input);
        ref float w = ref MemoryMarshal.GetReference(taps);
        ref float y = ref MemoryMarshal.GetReference(sum);
        int c = 0;
        for (; c <= sum.Length - Vector<float>.Count; c += Vector<float>.Count)
        {
            Vector<float> before = isFirst ? Vector<float>.Zero : Vector.LoadUnsafe(ref y, (nuint)c);
            Vector.FusedMultiplyAdd(Vector.LoadUnsafe(ref x, (nuint)c), Vector.LoadUnsafe(ref w, (nuint)c), before)
                .StoreUnsafe(ref y, (nuint)c);
        }

        for (; c < sum.Length; c++) sum[c] = MathF.FusedMultiplyAdd(input[c], taps[c], isFirst ? 0 : sum[c]);
    }

    private static void SiLU(Span<float> x)
    {
        int i = 0;
        for (; i <= x.Length - Vector<float>.Count; i += Vector<float>.Count)
            VectorMath.SiLU(new Vector<float>(x[i..])).CopyTo(x[i..]);
        if (i < x.Length) VectorMath.StoreTail(VectorMath.SiLU(VectorMath.LoadTail(x, i)), x, i);
    }
}
