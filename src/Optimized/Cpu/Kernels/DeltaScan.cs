using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Gdn.Reference.Operators;

namespace Gdn.Optimized.Cpu.Kernels;

/// <summary>
/// The gated delta rule over all tokens of a run, several sequences at once. The columns of a head's state S [K, V] never
/// meet, so the scan takes a block of columns through all tokens before it turns to the next: the block stays in cache,
/// and each token reads and writes it once.
/// </summary>
/// <remarks>
/// Planes cost nothing: a token reads the plane that the token before it wrote and writes the one in which its own state is
/// to be remembered. Each column's arithmetic is the same in a block of any width.
/// </remarks>
public static class DeltaScan
{
    private const int BlockVectors = 4;

    /// <summary>Runs <paramref name="sequences"/> sequences of <c>shape.Tokens</c> tokens each.</summary>
    /// <param name="shape">Sizes of one sequence.</param>
    /// <param name="sequences">n_seqs.</param>
    /// <param name="map">Which key head a value head reads.</param>
    /// <param name="input">Inputs; n_tokens = n_seqs * T, the tokens of each sequence next to each other.</param>
    /// <param name="state">S in planes, <c>[n_seqs, planes, Hv, K, V]</c>: plane s receives the state s tokens before the
    /// end. Planes beyond the number of tokens are left as they were.</param>
    /// <param name="planes">Planes per sequence, at least 1.</param>
    /// <param name="source">The plane that holds each sequence's state before its first token.</param>
    /// <param name="output">Receives o <c>[n_tokens, Hv, V]</c>.</param>
    /// <exception cref="ArgumentException">A length does not fit the shape.</exception>
    public static void Run(
        in DeltaRuleShape shape, int sequences, HeadMap map, in DeltaScanInput input,
        Span<float> state, int planes, int source, Span<float> output)
    {
        Validate(shape, sequences, input, state.Length, planes, source, output.Length);
        float scale = (float)(1 / Math.Sqrt(shape.KeyDim));
        int gates = shape.PerChannelGate ? shape.KeyDim : 1;
        for (int s = 0; s < sequences; s++)
        {
            int first = s * shape.Tokens;
            for (int h = 0; h < shape.ValueHeads; h++)
            {
                int keyHead = map.KeyHeadOf(h, shape.KeyHeads, shape.ValueHeads);
                for (int column = 0; column < shape.ValueDim;)
                {
                    int width = BlockWidth(shape.ValueDim - column);
                    int from = source;
                    for (int t = 0; t < shape.Tokens; t++)
                    {
                        int token = first + t, to = Math.Min(shape.Tokens - 1 - t, planes - 1);
                        int keyStart = token * input.KeyStride + keyHead * shape.KeyDim;
                        int valueHead = token * shape.ValueHeads + h;
                        int head = h * shape.HeadStateLength + column;
                        Step(
                            input.Q.Slice(keyStart, shape.KeyDim),
                            input.K.Slice(keyStart, shape.KeyDim),
                            input.V.Slice(token * input.ValueStride + h * shape.ValueDim + column, width),
                            input.Decay.Slice(valueHead * gates, gates), input.Beta[valueHead], scale, shape.ValueDim,
                            ref state[(s * planes + from) * shape.StateLength + head],
                            ref state[(s * planes + to) * shape.StateLength + head],
                            output.Slice(valueHead * shape.ValueDim + column, width));
                        from = to;
                    }

                    column += width;
                }
            }
        }
    }

    // Four vectors of columns where they fit, else one, else a single column.
    private static int BlockWidth(int columns) =>
        columns >= BlockVectors * Vector<float>.Count ? BlockVectors * Vector<float>.Count
        : columns >= Vector<float>.Count ? Vector<float>.Count
        : 1;

    private static void Step(
        ReadOnlySpan<float> q, ReadOnlySpan<float> k, ReadOnlySpan<float> v, ReadOnlySpan<float> decay, float beta,
        float scale, int stride, ref float from, ref float to, Span<float> output)
    {
        if (output.Length == BlockVectors * Vector<float>.Count)
            StepBlock(q, k, v, decay, beta, scale, stride, ref from, ref to, output);
        else if (output.Length == Vector<float>.Count)
            StepVector(q, k, v, decay, beta, scale, stride, ref from, ref to, output);
        else
            StepColumn(q, k, v[0], decay, beta, scale, stride, ref from, ref to, out output[0]);
    }

    // In each of the three: S' = decay * S is formed twice, with the same bits, rather than stored between the passes.
    private static void StepBlock(
        ReadOnlySpan<float> q, ReadOnlySpan<float> k, ReadOnlySpan<float> v, ReadOnlySpan<float> decay, float beta,
        float scale, int stride, ref float from, ref float to, Span<float> output)
    {
        nuint one = (nuint)Vector<float>.Count, two = 2 * one, three = 3 * one;
        int perChannel = decay.Length > 1 ? 1 : 0;
        Vector<float> r0 = default, r1 = default, r2 = default, r3 = default;
        ref float row = ref from;
        for (int i = 0; i < k.Length; i++)
        {
            float gate = decay[i * perChannel];
            var key = new Vector<float>(k[i]);
            r0 = Vector.FusedMultiplyAdd(gate * Vector.LoadUnsafe(ref row), key, r0);
            r1 = Vector.FusedMultiplyAdd(gate * Vector.LoadUnsafe(ref row, one), key, r1);
            r2 = Vector.FusedMultiplyAdd(gate * Vector.LoadUnsafe(ref row, two), key, r2);
            r3 = Vector.FusedMultiplyAdd(gate * Vector.LoadUnsafe(ref row, three), key, r3);
            row = ref Unsafe.Add(ref row, stride);
        }

        ref float value = ref MemoryMarshal.GetReference(v);
        r0 = beta * (Vector.LoadUnsafe(ref value) - r0);
        r1 = beta * (Vector.LoadUnsafe(ref value, one) - r1);
        r2 = beta * (Vector.LoadUnsafe(ref value, two) - r2);
        r3 = beta * (Vector.LoadUnsafe(ref value, three) - r3);

        Vector<float> o0 = default, o1 = default, o2 = default, o3 = default;
        row = ref from;
        ref float target = ref to;
        for (int i = 0; i < k.Length; i++)
        {
            float gate = decay[i * perChannel];
            Vector<float> key = new(k[i]), query = new(q[i]);
            Vector<float> s0 = Vector.FusedMultiplyAdd(key, r0, gate * Vector.LoadUnsafe(ref row));
            Vector<float> s1 = Vector.FusedMultiplyAdd(key, r1, gate * Vector.LoadUnsafe(ref row, one));
            Vector<float> s2 = Vector.FusedMultiplyAdd(key, r2, gate * Vector.LoadUnsafe(ref row, two));
            Vector<float> s3 = Vector.FusedMultiplyAdd(key, r3, gate * Vector.LoadUnsafe(ref row, three));
            s0.StoreUnsafe(ref target);
            s1.StoreUnsafe(ref target, one);
            s2.StoreUnsafe(ref target, two);
            s3.StoreUnsafe(ref target, three);
            o0 = Vector.FusedMultiplyAdd(s0, query, o0);
            o1 = Vector.FusedMultiplyAdd(s1, query, o1);
            o2 = Vector.FusedMultiplyAdd(s2, query, o2);
            o3 = Vector.FusedMultiplyAdd(s3, query, o3);
            row = ref Unsafe.Add(ref row, stride);
            target = ref Unsafe.Add(ref target, stride);
        }

        ref float result = ref MemoryMarshal.GetReference(output);
        (o0 * scale).StoreUnsafe(ref result);
        (o1 * scale).StoreUnsafe(ref result, one);
        (o2 * scale).StoreUnsafe(ref result, two);
        (o3 * scale).StoreUnsafe(ref result, three);
    }

    private static void StepVector(
        ReadOnlySpan<float> q, ReadOnlySpan<float> k, ReadOnlySpan<float> v, ReadOnlySpan<float> decay, float beta,
        float scale, int stride, ref float from, ref float to, Span<float> output)
    {
        int perChannel = decay.Length > 1 ? 1 : 0;
        Vector<float> r = default;
        ref float row = ref from;
        for (int i = 0; i < k.Length; i++)
        {
            r = Vector.FusedMultiplyAdd(decay[i * perChannel] * Vector.LoadUnsafe(ref row), new Vector<float>(k[i]), r);
            row = ref Unsafe.Add(ref row, stride);
        }

        r = beta * (new Vector<float>(v) - r);
        Vector<float> o = default;
        row = ref from;
        ref float target = ref to;
        for (int i = 0; i < k.Length; i++)
        {
            Vector<float> s = Vector.FusedMultiplyAdd(
                new Vector<float>(k[i]), r, decay[i * perChannel] * Vector.LoadUnsafe(ref row));
            s.StoreUnsafe(ref target);
            o = Vector.FusedMultiplyAdd(s, new Vector<float>(q[i]), o);
            row = ref Unsafe.Add(ref row, stride);
            target = ref Unsafe.Add(ref target, stride);
        }

        (o * scale).CopyTo(output);
    }

    private static void StepColumn(
        ReadOnlySpan<float> q, ReadOnlySpan<float> k, float v, ReadOnlySpan<float> decay, float beta,
        float scale, int stride, ref float from, ref float to, out float output)
    {
        int perChannel = decay.Length > 1 ? 1 : 0;
        float r = 0, o = 0;
        for (int i = 0; i < k.Length; i++)
            r = MathF.FusedMultiplyAdd(decay[i * perChannel] * Unsafe.Add(ref from, i * stride), k[i], r);
        r = beta * (v - r);
        for (int i = 0; i < k.Length; i++)
        {
            float s = MathF.FusedMultiplyAdd(k[i], r, decay[i * perChannel] * Unsafe.Add(ref from, i * stride));
            Unsafe.Add(ref to, i * stride) = s;
            o = MathF.FusedMultiplyAdd(s, q[i], o);
        }

        output = o * scale;
    }

    private static void Validate(
        in DeltaRuleShape shape, int sequences, in DeltaScanInput input, int state, int planes, int source, int output)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(planes, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(source);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(source, planes);
        if (shape.ValueHeads % shape.KeyHeads != 0)
            throw new ArgumentException($"Value heads must be a multiple of key heads: {shape}.");
        int keys = (sequences * shape.Tokens - 1) * input.KeyStride + shape.KeyHeads * shape.KeyDim;
        int values = (sequences * shape.Tokens - 1) * input.ValueStride + shape.ValueHeads * shape.ValueDim;
        if (input.Q.Length < keys || input.K.Length < keys || input.V.Length < values
            || input.Beta.Length != sequences * shape.BetaLength
            || input.Decay.Length != sequences * shape.GateLength
            || output != sequences * shape.ValueLength
            || state != sequences * planes * shape.StateLength)
            throw new ArgumentException($"A buffer does not fit {sequences} sequences of {shape} in {planes} planes.");
    }
}
