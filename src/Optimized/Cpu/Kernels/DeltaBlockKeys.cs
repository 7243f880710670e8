using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Gdn.Optimized.Cpu.Simd;

namespace Gdn.Optimized.Cpu.Kernels;

/// <summary>
/// What the tokens of one block share over all columns of a head: keys and queries side by side, and how the tokens act on
/// each other.
/// </summary>
/// <remarks>
/// <para>
/// D(t) is the product of the decays from the block's first token to t, D(t, i) that from i + 1 to t. They are multiplied
/// up one by one and never divided, so that they neither overflow nor lose digits however fast the gates are.
/// </para>
/// <para>
/// With a gate per channel the decays are folded into keys and queries, row by row; with a gate per head they are factors,
/// and keys are read and written as they are.
/// </para>
/// </remarks>
internal unsafe ref struct DeltaBlockKeys
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

    /// <summary>Floats that an instance needs: whole cache lines.</summary>
    public const int Length = (3 * MaxTokens + 1) * Stride + (5 * MaxTokens + 4) * MaxTokens;

    private const int Square = MaxTokens * MaxTokens;

    private readonly float* _buffer;

    // Tokens that WrittenKeys and RowDecay have room for.
    private int _written;

    /// <summary>Puts an instance into a buffer.</summary>
    /// <param name="buffer"><see cref="Length"/> floats from the start of a cache line.</param>
    public DeltaBlockKeys(float* buffer) => _buffer = buffer;

    /// <summary>K.</summary>
    public int Rows { get; private set; }

    /// <summary>Tokens of the block.</summary>
    public int Count { get; private set; }

    /// <summary><c>D(t) k</c>, or k: what predictions are read with, <c>[MaxTokens, Stride]</c>.</summary>
    public readonly float* ReadKeys => _buffer;

    /// <summary><c>D(t) q</c>, or q: what outputs are read with, <c>[MaxTokens, Stride]</c>.</summary>
    public readonly float* ReadQueries => ReadKeys + MaxTokens * Stride;

    /// <summary><c>-beta(t) D(t, i) k(i) . k(t)</c> for i &lt; t, <c>[t, i]</c>.</summary>
    public readonly float* KeyKey => RowDecay + Stride;

    /// <summary><c>D(t, i) k(i) . q(t)</c> for i &lt;= t, <c>[t, i]</c>.</summary>
    public readonly float* KeyQuery => KeyKey + Square;

    /// <summary>beta(t).</summary>
    public readonly float* Beta => KeyQuery + Square;

    /// <summary>Factor of what was read with the query: D(t), or 1.</summary>
    public readonly float* ReadFactor => Beta + MaxTokens;

    /// <summary>Factor of what was read with the key: <c>-beta(t)</c> times <see cref="ReadFactor"/>.</summary>
    public readonly float* PredictionFactor => ReadFactor + MaxTokens;

    /// <summary>How the tokens act on each other.</summary>
    public readonly DeltaCouplings Couplings => new()
    {
        Count = Count,
        Stride = MaxTokens,
        KeyKey = KeyKey,
        KeyQuery = KeyQuery,
        Beta = Beta,
        ReadFactor = ReadFactor,
        PredictionFactor = PredictionFactor,
    };

    // D(n - 1, t) k of the first n tokens, row by row, [MaxTokens, Stride]; only with a gate per channel.
    private readonly float* WrittenKeys => ReadQueries + MaxTokens * Stride;

    // D(n - 1) of each row; only with a gate per channel.
    private readonly float* RowDecay => WrittenKeys + MaxTokens * Stride;

    // D(t, i) for i <= t, or 1: [t, i].
    private readonly float* Reach => PredictionFactor + MaxTokens;

    // k(i) . k(t) and k(i) . q(t), each [t, i]; only with a gate per head.
    private readonly float* Products => Reach + Square;

    /// <summary>Takes in a block's keys and queries.</summary>
    /// <param name="heads">The heads.</param>
    /// <param name="first">First token.</param>
    /// <param name="count">How many.</param>
    public void LoadKeys<TVector, TSimd>(in DeltaHeads heads, int first, int count)
        where TVector : struct
        where TSimd : struct, ISimd<TVector>
    {
        (Rows, Count) = (heads.KeyDim, count);
        for (int t = 0; t < count; t++)
        {
            Copy(ref heads.K(first + t), ReadKeys + t * Stride);
            Copy(ref heads.Q(first + t), ReadQueries + t * Stride);
        }

        if (heads.PerChannelGate) return;
        for (int part = 0; part < 2; part++)
            MatrixTiles<TVector, TSimd>.Run(
                ref *ReadKeys, Stride, count, ref ReadKeys[part * MaxTokens * Stride], Stride, count, Rows,
                ref Products[part * Square], MaxTokens);
    }

    /// <summary>
    /// Takes in the gates of one value head. With a gate per channel, keys and queries have to be loaded before each.
    /// </summary>
    /// <param name="heads">The heads.</param>
    /// <param name="head">Which of them.</param>
    /// <param name="first">First token.</param>
    public void LoadGates<TVector, TSimd>(in DeltaHeads heads, int head, int first)
        where TVector : struct
        where TSimd : struct, ISimd<TVector>
    {
        for (int t = 0; t < Count; t++) Beta[t] = heads.Beta(first + t, head);
        if (heads.PerChannelGate) LoadChannelGates<TVector, TSimd>(heads, head, first);
        else LoadHeadGates(heads, head, first);
        for (int t = 0; t < Count; t++) PredictionFactor[t] = -Beta[t] * ReadFactor[t];
    }

    /// <summary>What the first tokens of the block write.</summary>
    /// <param name="heads">The heads.</param>
    /// <param name="head">The one whose gates are loaded.</param>
    /// <param name="first">First token of the block.</param>
    /// <param name="count">How many.</param>
    public DeltaWrites Writes<TVector, TSimd>(in DeltaHeads heads, int head, int first, int count)
        where TVector : struct
        where TSimd : struct, ISimd<TVector>
    {
        float* factors = Reach + (count - 1) * MaxTokens;
        if (!heads.PerChannelGate) return new DeltaWrites(count, ReadKeys, factors, ReadFactor + (count - 1), decayStep: 0);
        if (_written != count)
        {
            new Span<float>(RowDecay, Rows).Fill(1);
            for (int t = 0; t < count; t++)
            {
                Copy(ref heads.K(first + t), WrittenKeys + t * Stride);
                Decay<TVector, TSimd>(ref heads.Decay(first + t, head), t);
            }

            _written = count;
        }

        return new DeltaWrites(count, WrittenKeys, factors, RowDecay, decayStep: 1);
    }

    private readonly void LoadHeadGates(in DeltaHeads heads, int head, int first)
    {
        float total = 1;
        for (int t = 0; t < Count; t++)
        {
            float decay = heads.Decay(first + t, head);
            float* reach = Reach + t * MaxTokens, before = reach - MaxTokens;
            float* keyKey = Products + t * MaxTokens, keyQuery = keyKey + Square;
            total *= decay;
            ReadFactor[t] = total;
            for (int i = 0; i < t; i++)
            {
                reach[i] = before[i] * decay;
                KeyKey[t * MaxTokens + i] = -Beta[t] * keyKey[i] * reach[i];
                KeyQuery[t * MaxTokens + i] = keyQuery[i] * reach[i];
            }

            reach[t] = 1;
            KeyQuery[t * MaxTokens + t] = keyQuery[t];
        }
    }

    private void LoadChannelGates<TVector, TSimd>(in DeltaHeads heads, int head, int first)
        where TVector : struct
        where TSimd : struct, ISimd<TVector>
    {
        new Span<float>(Reach, Square).Fill(1);
        new Span<float>(RowDecay, Rows).Fill(1);
        for (int t = 0; t < Count; t++)
        {
            ReadFactor[t] = 1;
            float* key = ReadKeys + t * Stride, query = ReadQueries + t * Stride;
            Copy(ref *key, WrittenKeys + t * Stride);
            Decay<TVector, TSimd>(ref heads.Decay(first + t, head), t);
            for (int i = 0; i <= t; i++)
            {
                ref float earlier = ref WrittenKeys[i * Stride];
                KeyKey[t * MaxTokens + i] = -Beta[t] * MatrixTiles<TVector, TSimd>.Dot(ref earlier, ref *key, Rows);
                KeyQuery[t * MaxTokens + i] = MatrixTiles<TVector, TSimd>.Dot(ref earlier, ref *query, Rows);
            }

            Multiply<TVector, TSimd>(ref *key, ref *RowDecay, Rows);
            Multiply<TVector, TSimd>(ref *query, ref *RowDecay, Rows);
        }

        _written = Count;
    }

    // Token t decays what the tokens before it write, and the state.
    private readonly void Decay<TVector, TSimd>(ref float decay, int t)
        where TVector : struct
        where TSimd : struct, ISimd<TVector>
    {
        for (int i = 0; i < t; i++) Multiply<TVector, TSimd>(ref WrittenKeys[i * Stride], ref decay, Rows);
        Multiply<TVector, TSimd>(ref *RowDecay, ref decay, Rows);
    }

    private readonly void Copy(ref float row, float* target) =>
        MemoryMarshal.CreateReadOnlySpan(ref row, Rows).CopyTo(new Span<float>(target, Rows));

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
