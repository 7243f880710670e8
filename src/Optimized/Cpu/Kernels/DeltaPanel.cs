using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Gdn.Optimized.Cpu.Simd;

namespace Gdn.Optimized.Cpu.Kernels;

/// <summary>A block of tokens on one panel of the state, two registers wide: read, solve, write.</summary>
internal readonly unsafe ref struct DeltaPanel<TVector, TSimd>
    where TVector : struct
    where TSimd : struct, ISimd<TVector>
{
    /// <summary>Columns of a panel.</summary>
    public static int Width => SimdTwice<TVector, TSimd>.Count;

    /// <summary>Floats that an instance needs.</summary>
    public static int Length => 5 * DeltaBlockKeys.MaxTokens * Width;

    private readonly float* _products, _deltas, _values, _outputs;
    private readonly int _rows;

    /// <summary>Puts an instance into a buffer.</summary>
    /// <param name="buffer"><see cref="Length"/> floats from the start of a cache line.</param>
    /// <param name="rows">K.</param>
    public DeltaPanel(float* buffer, int rows)
    {
        const int tokens = DeltaBlockKeys.MaxTokens;
        _products = buffer;
        _deltas = _products + 2 * tokens * Width;
        _values = _deltas + tokens * Width;
        _outputs = _values + tokens * Width;
        _rows = rows;
    }

    /// <summary>Takes the panel through the block.</summary>
    /// <param name="heads">The heads.</param>
    /// <param name="head">Which of them.</param>
    /// <param name="keys">Its block.</param>
    /// <param name="first">First token of the block.</param>
    /// <param name="count">Tokens.</param>
    /// <param name="column">First column.</param>
    /// <param name="state">The panel <c>[K, Width]</c>.</param>
    public void Run(in DeltaHeads heads, int head, in DeltaBlockKeys keys, int first, int count, int column, float* state)
    {
        bool four = count <= 4;
        int read = TSimd.Registers == 32 ? 4 : 2;
        for (int t = 0; t < (four ? 4 : 8); t += read)
        {
            float* tokenKeys = keys.ReadKeys + t * DeltaBlockKeys.Stride, products = _products + 2 * t * Width;
            if (read == 4) ReadFour(state, tokenKeys, products);
            else ReadTwo(state, tokenKeys, products);
        }

        ref float value = ref Unsafe.Add(ref heads.V(first, head), column);
        ref float output = ref Unsafe.Add(ref heads.Output(first, head), column);
        int columns = Math.Min(Width, heads.ValueDim - column);
        if (columns == Width && count is 4 or 8)
            Solve(four, keys, ref value, heads.ValueStride, ref output, heads.OutputStride, heads.Scale);
        else
            SolveEdge(four, keys, count, columns, ref value, heads.ValueStride, ref output, heads.OutputStride, heads.Scale);

        float* written = heads.PerChannelGate ? keys.WrittenKeys : keys.ReadKeys;
        if (four) WriteFour(state, written, keys.RowDecay);
        else WriteEight(state, written, keys.RowDecay);
    }

    // A panel that hangs over the last column, or a block that is not full: by way of full ones.
    private void SolveEdge(
        bool four, in DeltaBlockKeys keys, int count, int columns, ref float value, int valueStride, ref float output,
        int outputStride, float scale)
    {
        new Span<float>(_values, DeltaBlockKeys.MaxTokens * Width).Clear();
        for (int t = 0; t < count; t++)
            MemoryMarshal.CreateReadOnlySpan(ref Unsafe.Add(ref value, t * valueStride), columns)
                .CopyTo(new Span<float>(_values + t * Width, columns));
        Solve(four, keys, ref *_values, Width, ref *_outputs, Width, scale);
        for (int t = 0; t < count; t++)
            new ReadOnlySpan<float>(_outputs + t * Width, columns)
                .CopyTo(MemoryMarshal.CreateSpan(ref Unsafe.Add(ref output, t * outputStride), columns));
    }

    private void Solve(
        bool four, in DeltaBlockKeys keys, ref float value, int valueStride, ref float output, int outputStride, float scale)
    {
        for (int column = 0; column < Width; column += TSimd.Count)
        {
            ref float v = ref Unsafe.Add(ref value, column), o = ref Unsafe.Add(ref output, column);
            if (four) SolveFour(keys, column, ref v, valueStride, ref o, outputStride, scale);
            else SolveEight(keys, column, ref v, valueStride, ref o, outputStride, scale);
        }
    }

    // Corrections and outputs of four tokens, one register wide: as soon as a correction is known, it goes into those and
    // into the outputs that depend on it.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void SolveFour(
        in DeltaBlockKeys keys, int column, ref float v, int valueStride, ref float o, int outputStride, float scale)
    {
        const int n = DeltaBlockKeys.MaxTokens;
        float* k = keys.KeyKey, q = keys.KeyQuery;
        TVector d0 = Start(keys, 0, column, ref v, out TVector o0);
        TVector d1 = Start(keys, 1, column, ref Unsafe.Add(ref v, valueStride), out TVector o1);
        TVector d2 = Start(keys, 2, column, ref Unsafe.Add(ref v, 2 * valueStride), out TVector o2);
        TVector d3 = Start(keys, 3, column, ref Unsafe.Add(ref v, 3 * valueStride), out TVector o3);
        Act(d0, ref d1, ref o1, k, q, n);
        Act(d0, ref d2, ref o2, k, q, 2 * n);
        Act(d0, ref d3, ref o3, k, q, 3 * n);
        Act(d1, ref d2, ref o2, k, q, 2 * n + 1);
        Act(d1, ref d3, ref o3, k, q, 3 * n + 1);
        Act(d2, ref d3, ref o3, k, q, 3 * n + 2);
        Finish(keys, 0, column, d0, o0, scale, ref o);
        Finish(keys, 1, column, d1, o1, scale, ref Unsafe.Add(ref o, outputStride));
        Finish(keys, 2, column, d2, o2, scale, ref Unsafe.Add(ref o, 2 * outputStride));
        Finish(keys, 3, column, d3, o3, scale, ref Unsafe.Add(ref o, 3 * outputStride));
    }

    // The same for eight tokens.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void SolveEight(
        in DeltaBlockKeys keys, int column, ref float v, int valueStride, ref float o, int outputStride, float scale)
    {
        const int n = DeltaBlockKeys.MaxTokens;
        float* k = keys.KeyKey, q = keys.KeyQuery;
        TVector d0 = Start(keys, 0, column, ref v, out TVector o0);
        TVector d1 = Start(keys, 1, column, ref Unsafe.Add(ref v, valueStride), out TVector o1);
        TVector d2 = Start(keys, 2, column, ref Unsafe.Add(ref v, 2 * valueStride), out TVector o2);
        TVector d3 = Start(keys, 3, column, ref Unsafe.Add(ref v, 3 * valueStride), out TVector o3);
        TVector d4 = Start(keys, 4, column, ref Unsafe.Add(ref v, 4 * valueStride), out TVector o4);
        TVector d5 = Start(keys, 5, column, ref Unsafe.Add(ref v, 5 * valueStride), out TVector o5);
        TVector d6 = Start(keys, 6, column, ref Unsafe.Add(ref v, 6 * valueStride), out TVector o6);
        TVector d7 = Start(keys, 7, column, ref Unsafe.Add(ref v, 7 * valueStride), out TVector o7);
        Act(d0, ref d1, ref o1, k, q, n);
        Act(d0, ref d2, ref o2, k, q, 2 * n);
        Act(d0, ref d3, ref o3, k, q, 3 * n);
        Act(d0, ref d4, ref o4, k, q, 4 * n);
        Act(d0, ref d5, ref o5, k, q, 5 * n);
        Act(d0, ref d6, ref o6, k, q, 6 * n);
        Act(d0, ref d7, ref o7, k, q, 7 * n);
        Act(d1, ref d2, ref o2, k, q, 2 * n + 1);
        Act(d1, ref d3, ref o3, k, q, 3 * n + 1);
        Act(d1, ref d4, ref o4, k, q, 4 * n + 1);
        Act(d1, ref d5, ref o5, k, q, 5 * n + 1);
        Act(d1, ref d6, ref o6, k, q, 6 * n + 1);
        Act(d1, ref d7, ref o7, k, q, 7 * n + 1);
        Act(d2, ref d3, ref o3, k, q, 3 * n + 2);
        Act(d2, ref d4, ref o4, k, q, 4 * n + 2);
        Act(d2, ref d5, ref o5, k, q, 5 * n + 2);
        Act(d2, ref d6, ref o6, k, q, 6 * n + 2);
        Act(d2, ref d7, ref o7, k, q, 7 * n + 2);
        Act(d3, ref d4, ref o4, k, q, 4 * n + 3);
        Act(d3, ref d5, ref o5, k, q, 5 * n + 3);
        Act(d3, ref d6, ref o6, k, q, 6 * n + 3);
        Act(d3, ref d7, ref o7, k, q, 7 * n + 3);
        Act(d4, ref d5, ref o5, k, q, 5 * n + 4);
        Act(d4, ref d6, ref o6, k, q, 6 * n + 4);
        Act(d4, ref d7, ref o7, k, q, 7 * n + 4);
        Act(d5, ref d6, ref o6, k, q, 6 * n + 5);
        Act(d5, ref d7, ref o7, k, q, 7 * n + 5);
        Act(d6, ref d7, ref o7, k, q, 7 * n + 6);
        Finish(keys, 0, column, d0, o0, scale, ref o);
        Finish(keys, 1, column, d1, o1, scale, ref Unsafe.Add(ref o, outputStride));
        Finish(keys, 2, column, d2, o2, scale, ref Unsafe.Add(ref o, 2 * outputStride));
        Finish(keys, 3, column, d3, o3, scale, ref Unsafe.Add(ref o, 3 * outputStride));
        Finish(keys, 4, column, d4, o4, scale, ref Unsafe.Add(ref o, 4 * outputStride));
        Finish(keys, 5, column, d5, o5, scale, ref Unsafe.Add(ref o, 5 * outputStride));
        Finish(keys, 6, column, d6, o6, scale, ref Unsafe.Add(ref o, 6 * outputStride));
        Finish(keys, 7, column, d7, o7, scale, ref Unsafe.Add(ref o, 7 * outputStride));
    }

    // Correction and output of token t as far as the state before the block makes them.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private TVector Start(in DeltaBlockKeys keys, int t, int column, ref float value, out TVector output)
    {
        float* predicted = _products + 2 * t * Width + column;
        output = TSimd.Multiply(TSimd.Broadcast(keys.ReadFactor[t]), TSimd.Load(ref *predicted, Width));
        return TSimd.MultiplyAdd(
            TSimd.Broadcast(keys.PredictionFactor[t]), TSimd.Load(ref *predicted, 0),
            TSimd.Multiply(TSimd.Broadcast(keys.Beta[t]), TSimd.Load(ref value, 0)));
    }

    // What the correction of one token adds to correction and output of a later one.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Act(TVector delta, ref TVector later, ref TVector output, float* keyKey, float* keyQuery, int pair)
    {
        later = TSimd.MultiplyAdd(TSimd.Broadcast(keyKey[pair]), delta, later);
        output = TSimd.MultiplyAdd(TSimd.Broadcast(keyQuery[pair]), delta, output);
    }

    // The token's correction acts on its own output; then it is kept as it will be written.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Finish(in DeltaBlockKeys keys, int t, int column, TVector delta, TVector output, float scale, ref float target)
    {
        TVector own = TSimd.Broadcast(keys.KeyQuery[t * DeltaBlockKeys.MaxTokens + t]);
        TSimd.Store(TSimd.Multiply(TSimd.Broadcast(scale), TSimd.MultiplyAdd(own, delta, output)), ref target, 0);
        TSimd.Store(TSimd.Multiply(TSimd.Broadcast(keys.WriteFactor[t]), delta), ref _deltas[t * Width + column], 0);
    }

    // Products of the panel with keys and queries of four tokens: sixteen sums in registers.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void ReadFour(float* state, float* keys, float* products)
    {
        const int k = DeltaBlockKeys.Stride, q = DeltaBlockKeys.MaxTokens * DeltaBlockKeys.Stride;
        Twice<TVector> p0 = default, p1 = default, p2 = default, p3 = default;
        Twice<TVector> r0 = default, r1 = default, r2 = default, r3 = default;
        float* end = keys + _rows;
        for (; keys < end; keys++, state += Width)
        {
            Twice<TVector> s = Load(state);
            p0 = Add(p0, s, keys[0]);
            p1 = Add(p1, s, keys[k]);
            p2 = Add(p2, s, keys[2 * k]);
            p3 = Add(p3, s, keys[3 * k]);
            r0 = Add(r0, s, keys[q]);
            r1 = Add(r1, s, keys[q + k]);
            r2 = Add(r2, s, keys[q + 2 * k]);
            r3 = Add(r3, s, keys[q + 3 * k]);
        }

        Store(p0, products);
        Store(r0, products + Width);
        Store(p1, products + 2 * Width);
        Store(r1, products + 3 * Width);
        Store(p2, products + 4 * Width);
        Store(r2, products + 5 * Width);
        Store(p3, products + 6 * Width);
        Store(r3, products + 7 * Width);
    }

    // The same for two tokens.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void ReadTwo(float* state, float* keys, float* products)
    {
        const int k = DeltaBlockKeys.Stride, q = DeltaBlockKeys.MaxTokens * DeltaBlockKeys.Stride;
        Twice<TVector> p0 = default, p1 = default, r0 = default, r1 = default;
        float* end = keys + _rows;
        for (; keys < end; keys++, state += Width)
        {
            Twice<TVector> s = Load(state);
            p0 = Add(p0, s, keys[0]);
            p1 = Add(p1, s, keys[k]);
            r0 = Add(r0, s, keys[q]);
            r1 = Add(r1, s, keys[q + k]);
        }

        Store(p0, products);
        Store(r0, products + Width);
        Store(p1, products + 2 * Width);
        Store(r1, products + 3 * Width);
    }

    // Decays the panel and writes the corrections of eight tokens.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void WriteEight(float* state, float* keys, float* decay)
    {
        const int k = DeltaBlockKeys.Stride;
        float* delta = _deltas;
        Twice<TVector> d0 = Load(delta), d1 = Load(delta + Width), d2 = Load(delta + 2 * Width);
        Twice<TVector> d3 = Load(delta + 3 * Width);
        Twice<TVector> d4 = Load(delta + 4 * Width), d5 = Load(delta + 5 * Width), d6 = Load(delta + 6 * Width);
        Twice<TVector> d7 = Load(delta + 7 * Width);
        float* end = keys + _rows;
        for (; keys < end; keys++, decay++, state += Width)
        {
            Twice<TVector> s = Scale(Load(state), *decay);
            s = Add(s, d0, keys[0]);
            s = Add(s, d1, keys[k]);
            s = Add(s, d2, keys[2 * k]);
            s = Add(s, d3, keys[3 * k]);
            s = Add(s, d4, keys[4 * k]);
            s = Add(s, d5, keys[5 * k]);
            s = Add(s, d6, keys[6 * k]);
            s = Add(s, d7, keys[7 * k]);
            Store(s, state);
        }
    }

    // The same for four tokens.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void WriteFour(float* state, float* keys, float* decay)
    {
        const int k = DeltaBlockKeys.Stride;
        float* delta = _deltas;
        Twice<TVector> d0 = Load(delta), d1 = Load(delta + Width), d2 = Load(delta + 2 * Width);
        Twice<TVector> d3 = Load(delta + 3 * Width);
        float* end = keys + _rows;
        for (; keys < end; keys++, decay++, state += Width)
        {
            Twice<TVector> s = Scale(Load(state), *decay);
            s = Add(s, d0, keys[0]);
            s = Add(s, d1, keys[k]);
            s = Add(s, d2, keys[2 * k]);
            s = Add(s, d3, keys[3 * k]);
            Store(s, state);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Twice<TVector> Load(float* source) => SimdTwice<TVector, TSimd>.Load(ref *source, 0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Twice<TVector> value, float* target) => SimdTwice<TVector, TSimd>.Store(value, ref *target, 0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Twice<TVector> Add(Twice<TVector> sum, Twice<TVector> x, float factor) =>
        SimdTwice<TVector, TSimd>.MultiplyAdd(x, SimdTwice<TVector, TSimd>.Broadcast(factor), sum);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Twice<TVector> Scale(Twice<TVector> x, float factor) =>
        SimdTwice<TVector, TSimd>.Multiply(x, SimdTwice<TVector, TSimd>.Broadcast(factor));
}
