using System.Runtime.CompilerServices;
using Gdn.Optimized.Cpu.Simd;

namespace Gdn.Optimized.Cpu.Kernels;

/// <summary>
/// One token through one head: decode, and tokens whose states are all to be remembered. The state is read from memory once
/// and written once, whole rows at a time where registers allow.
/// </summary>
/// <remarks>
/// With <c>S' = decay S</c>, <c>delta = beta (v - S'^T k)</c>: <c>o = S'^T q + (k . q) delta</c>, so that key and query share the
/// first pass, and the second only writes <c>S' + k delta^T</c>.
/// </remarks>
internal static class DeltaTokens<TVector, TSimd>
    where TVector : struct
    where TSimd : struct, ISimd<TVector>
{
    /// <summary>Token t, from one state <c>[K, V]</c> to another, which may be the same.</summary>
    [SkipLocalsInit]
    public static unsafe void Run(in DeltaHeads heads, int head, int t, ref float from, ref float to)
    {
        int rows = heads.KeyDim;
        ref float q = ref heads.Q(t), k = ref heads.K(t), decay = ref heads.Decay(t, head);
        float product = MatrixTiles<TVector, TSimd>.Dot(ref k, ref q, rows);
        if (!heads.PerChannelGate)
        {
            Run(new Token(heads, head, t, ref q, ref k, product), ref from, ref to);
            return;
        }

        float* gated = stackalloc float[2 * rows];
        for (int i = 0; i < rows; i++)
        {
            float gate = Unsafe.Add(ref decay, i);
            gated[i] = gate * Unsafe.Add(ref q, i);
            gated[rows + i] = gate * Unsafe.Add(ref k, i);
        }

        Run(new Token(heads, head, t, ref *gated, ref gated[rows], product), ref from, ref to);
    }

    private static void Run(in Token token, ref float from, ref float to)
    {
        int column = 0;
        if (TSimd.Registers == 32)
            Run<Twice<Twice<Twice<TVector>>>, SimdTwice<Twice<Twice<TVector>>, SimdTwice<Twice<TVector>, SimdTwice<TVector, TSimd>>>>(
                token, ref from, ref to, ref column);
        Run<Twice<Twice<TVector>>, SimdTwice<Twice<TVector>, SimdTwice<TVector, TSimd>>>(token, ref from, ref to, ref column);
        Run<TVector, TSimd>(token, ref from, ref to, ref column);
        Run<float, SimdScalar>(token, ref from, ref to, ref column);
    }

    // From a column on, as many as are filled by vectors of a width.
    private static void Run<TColumns, TWidth>(in Token token, ref float from, ref float to, ref int column)
        where TColumns : struct
        where TWidth : struct, IColumns<TColumns>
    {
        for (; column <= token.Columns - TWidth.Count; column += TWidth.Count)
            Step<TColumns, TWidth>(token, ref Unsafe.Add(ref from, column), ref Unsafe.Add(ref to, column), column);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static unsafe void Step<TColumns, TWidth>(in Token token, ref float from, ref float to, int column)
        where TColumns : struct
        where TWidth : struct, IColumns<TColumns>
    {
        int rows = token.Rows, stride = token.Columns, gateStep = token.GateStep;
        ref float k = ref token.ReadKey, q = ref token.ReadQuery, row = ref from;
        TColumns predicted = default, read = default;
        for (int i = 0; i < rows; i++, row = ref Unsafe.Add(ref row, stride))
        {
            TColumns s = TWidth.Load(ref row, 0);
            predicted = TWidth.MultiplyAdd(s, TWidth.Broadcast(Unsafe.Add(ref k, i)), predicted);
            read = TWidth.MultiplyAdd(s, TWidth.Broadcast(Unsafe.Add(ref q, i)), read);
        }

        TColumns delta = TWidth.Multiply(
            TWidth.Broadcast(token.Beta),
            TWidth.MultiplyAdd(TWidth.Broadcast(-token.Decay), predicted, TWidth.Load(ref token.Value, column)));
        TColumns output = TWidth.MultiplyAdd(
            TWidth.Broadcast(token.Product), delta, TWidth.Multiply(TWidth.Broadcast(token.Decay), read));
        TWidth.Store(TWidth.Multiply(TWidth.Broadcast(token.Scale), output), ref token.Output, column);

        ref float key = ref token.Key, gate = ref token.Gate;
        row = ref from;
        for (int i = 0; i < rows; i++, row = ref Unsafe.Add(ref row, stride), to = ref Unsafe.Add(ref to, stride))
        {
            TColumns kept = TWidth.Multiply(TWidth.Load(ref row, 0), TWidth.Broadcast(Unsafe.Add(ref gate, i * gateStep)));
            TWidth.Store(TWidth.MultiplyAdd(delta, TWidth.Broadcast(Unsafe.Add(ref key, i)), kept), ref to, 0);
        }
    }

    // What a token brings to the columns of a head.
    private readonly ref struct Token(
        in DeltaHeads heads, int head, int t, ref float readQuery, ref float readKey, float product)
    {
        // Query and key as the first pass takes them: with gates per channel, each entry already times its gate.
        public readonly ref float ReadQuery = ref readQuery, ReadKey = ref readKey;
        public readonly ref float Key = ref heads.K(t), Gate = ref heads.Decay(t, head);
        public readonly ref float Value = ref heads.V(t, head), Output = ref heads.Output(t, head);
        public readonly int Rows = heads.KeyDim, Columns = heads.ValueDim, GateStep = heads.PerChannelGate ? 1 : 0;

        // Of the whole first pass; 1 if it is in query and key already.
        public readonly float Decay = heads.PerChannelGate ? 1 : heads.Decay(t, head);

        // k . q
        public readonly float Product = product;
        public readonly float Beta = heads.Beta(t, head), Scale = heads.Scale;
    }
}
