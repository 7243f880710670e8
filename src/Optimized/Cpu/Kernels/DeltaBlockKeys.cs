using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Gdn.Optimized.Cpu.Simd;

namespace Gdn.Optimized.Cpu.Kernels;

/// <summary>
/// What the tokens of one block share over all columns of a head: keys and queries side by side, and how the tokens act on
/// each other. Beyond the tokens loaded everything is zero, so that kernels may run on to a full group.
/// </summary>
/// <remarks>
/// <para>
/// D(t) is the product of the decays from the block's first token to t, D(t, i) that from i + 1 to t. They are multiplied up
/// one by one and never divided, so that they neither overflow nor lose digits however fast the gates are.
/// </para>
/// <para>
/// With a gate per channel the decays are folded into keys and queries, row by row; with a gate per head they are factors, and
/// keys are read and written as they are.
/// </para>
/// </remarks>
internal readonly unsafe ref struct DeltaBlockKeys
{
    /// <summary>Tokens of a block at most.</summary>
    public const int MaxTokens = 8;

    /// <summary>Largest K.</summary>
    public const int MaxKeyDim = 256;

    /// <summary>
    /// Entries from one token's key to the next. A cache line more than the largest key, or all keys would fall on the same
    /// lines of the first-level cache.
    /// </summary>
    public const int Stride = MaxKeyDim + 16;

    /// <summary>Floats that an instance needs.</summary>
    public const int Length = (3 * MaxTokens + 1) * Stride + (4 * MaxTokens + 4) * MaxTokens;

    private readonly float* _buffer;

    /// <summary>Puts an instance into a buffer.</summary>
    /// <param name="buffer"><see cref="Length"/> floats from the start of a cache line.</param>
    public DeltaBlockKeys(float* buffer) => _buffer = buffer;

    /// <summary><c>D(t) k</c>, or k: what predictions are read with, <c>[MaxTokens, Stride]</c>.</summary>
    public float* ReadKeys => _buffer;

    /// <summary><c>D(t) q</c>, or q: what outputs are read with, <c>[MaxTokens, Stride]</c>.</summary>
    public float* ReadQueries => ReadKeys + MaxTokens * Stride;

    /// <summary><c>D(last, t) k</c>, or k: what is written, <c>[MaxTokens, Stride]</c>; in place of <see cref="ReadKeys"/> if
    /// gates are per channel.</summary>
    public float* WrittenKeys => ReadQueries + MaxTokens * Stride;

    /// <summary><c>D(last)</c> of each row of the state, <c>[K]</c>.</summary>
    public float* RowDecay => WrittenKeys + MaxTokens * Stride;

    /// <summary><c>k(i) . k(t)</c>, then <c>k(i) . q(t)</c>, each <c>[t, i]</c>; only if gates are per head.</summary>
    private float* Products => RowDecay + Stride;

    /// <summary><c>-beta(t) D(t, i) k(i) . k(t)</c> for i &lt; t, <c>[t, i]</c>.</summary>
    public float* KeyKey => Products + 2 * MaxTokens * MaxTokens;

    /// <summary><c>D(t, i) k(i) . q(t)</c> for i &lt;= t, <c>[t, i]</c>.</summary>
    public float* KeyQuery => KeyKey + MaxTokens * MaxTokens;

    /// <summary>beta(t).</summary>
    public float* Beta => KeyQuery + MaxTokens * MaxTokens;

    /// <summary>Factor of what was read with the query: D(t), or 1.</summary>
    public float* ReadFactor => Beta + MaxTokens;

    /// <summary>Factor of what was read with the key: <c>-beta(t)</c> times <see cref="ReadFactor"/>.</summary>
    public float* PredictionFactor => ReadFactor + MaxTokens;

    /// <summary>Factor of a correction that is written: <c>D(last, t)</c>, or 1.</summary>
    public float* WriteFactor => PredictionFactor + MaxTokens;

    /// <summary>Takes in a block's keys and queries.</summary>
    /// <param name="heads">The heads.</param>
    /// <param name="first">First token.</param>
    /// <param name="count">How many.</param>
    public void LoadKeys<TVector, TSimd>(in DeltaHeads heads, int first, int count)
        where TVector : struct
        where TSimd : struct, ISimd<TVector>
    {
        int rows = heads.KeyDim;
        for (int t = 0; t < MaxTokens; t++)
        {
            var key = new Span<float>(ReadKeys + t * Stride, rows);
            var query = new Span<float>(ReadQueries + t * Stride, rows);
            if (t < count)
            {
                MemoryMarshal.CreateReadOnlySpan(ref heads.K(first + t), rows).CopyTo(key);
                MemoryMarshal.CreateReadOnlySpan(ref heads.Q(first + t), rows).CopyTo(query);
            }
            else
            {
                key.Clear();
                query.Clear();
            }
        }

        // Keys and queries follow each other: one matrix of tokens, times the keys.
        if (!heads.PerChannelGate)
            MatrixTiles<TVector, TSimd>.Run(
                ref *ReadKeys, Stride, MaxTokens, ref *ReadKeys, Stride, 2 * MaxTokens, rows, ref *Products, MaxTokens);
    }

    /// <summary>Takes in the gates of one value head; with a gate per channel, keys and queries have to be loaded before each.</summary>
    /// <param name="heads">The heads.</param>
    /// <param name="head">Which of them.</param>
    /// <param name="first">First token.</param>
    /// <param name="count">How many.</param>
    public void LoadGates<TVector, TSimd>(in DeltaHeads heads, int head, int first, int count)
        where TVector : struct
        where TSimd : struct, ISimd<TVector>
    {
        for (int t = 0; t < MaxTokens; t++) Beta[t] = t < count ? heads.Beta(first + t, head) : 0;
        if (heads.PerChannelGate) LoadChannelGates<TVector, TSimd>(heads, head, first, count);
        else LoadHeadGates(heads, head, first, count);
        for (int t = 0; t < MaxTokens; t++) PredictionFactor[t] = -Beta[t] * ReadFactor[t];
    }

    private void LoadHeadGates(in DeltaHeads heads, int head, int first, int count)
    {
        float* keyKey = Products, keyQuery = Products + MaxTokens * MaxTokens;
        float total = 1;
        for (int t = 0; t < MaxTokens; t++)
        {
            float decay = t < count ? heads.Decay(first + t, head) : 1;
            total *= decay;
            ReadFactor[t] = total;
            for (int i = 0; i < t; i++)
            {
                WriteFactor[i] *= decay;
                KeyKey[t * MaxTokens + i] = keyKey[t * MaxTokens + i] * -Beta[t] * WriteFactor[i];
                KeyQuery[t * MaxTokens + i] = keyQuery[t * MaxTokens + i] * WriteFactor[i];
            }

            WriteFactor[t] = 1;
            KeyQuery[t * MaxTokens + t] = keyQuery[t * MaxTokens + t];
        }

        new Span<float>(RowDecay, heads.KeyDim).Fill(total);
    }

    private void LoadChannelGates<TVector, TSimd>(in DeltaHeads heads, int head, int first, int count)
        where TVector : struct
        where TSimd : struct, ISimd<TVector>
    {
        int rows = heads.KeyDim;
        new Span<float>(RowDecay, rows).Fill(1);
        for (int t = 0; t < MaxTokens; t++)
        {
            ReadFactor[t] = WriteFactor[t] = 1;
            float* key = ReadKeys + t * Stride, query = ReadQueries + t * Stride, written = WrittenKeys + t * Stride;
            new Span<float>(key, rows).CopyTo(new Span<float>(written, rows));
            KeyQuery[t * MaxTokens + t] = 0;
            new Span<float>(KeyKey + t * MaxTokens, t).Clear();
            new Span<float>(KeyQuery + t * MaxTokens, t).Clear();
            if (t >= count) continue;

            ref float decay = ref heads.Decay(first + t, head);
            for (int i = 0; i < t; i++)
            {
                float* earlier = WrittenKeys + i * Stride;
                Multiply<TVector, TSimd>(ref *earlier, ref decay, rows);
                KeyKey[t * MaxTokens + i] = -Beta[t] * MatrixTiles<TVector, TSimd>.Dot(ref *earlier, ref *key, rows);
                KeyQuery[t * MaxTokens + i] = MatrixTiles<TVector, TSimd>.Dot(ref *earlier, ref *query, rows);
            }

            KeyQuery[t * MaxTokens + t] = MatrixTiles<TVector, TSimd>.Dot(ref *written, ref *query, rows);
            Multiply<TVector, TSimd>(ref *RowDecay, ref decay, rows);
            Multiply<TVector, TSimd>(ref *key, ref *RowDecay, rows);
            Multiply<TVector, TSimd>(ref *query, ref *RowDecay, rows);
        }
    }

    private static void Multiply<TVector, TSimd>(ref float x, ref float y, int length)
        where TVector : struct
        where TSimd : struct, ISimd<TVector>
    {
        int i = 0;
        for (; i <= length - TSimd.Count; i += TSimd.Count)
            TSimd.Store(TSimd.Multiply(TSimd.Load(ref x, i), TSimd.Load(ref y, i)), ref x, i);
        for (; i < length; i++) Unsafe.Add(ref x, i) *= Unsafe.Add(ref y, i);
    }
}
