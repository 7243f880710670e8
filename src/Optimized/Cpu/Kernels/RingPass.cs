using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Gdn.Optimized.Batching;
using Gdn.Optimized.Cpu.Simd;

namespace Gdn.Optimized.Cpu.Kernels;

/// <summary>Tokens of one sequence through heads that share a key head, with S as a checkpoint and a ring.</summary>
/// <remarks>
/// <para>
/// With S the state at the last checkpoint before t, and products D from there on as in <see cref="RingKeys{TVector, TSimd}"/>:
/// </para>
/// <code>
/// delta(t) = beta(t) ( v(t) - D(t) S^T k(t) - sum over i &lt; t of D(t, i) (k(i) . k(t)) delta(i) )
/// o(t)     = scale ( D(t) S^T q(t) + sum over i &lt;= t of D(t, i) (k(i) . q(t)) delta(i) )
/// </code>
/// <para>
/// S is read, and not written. It moves on when the first token behind L entries comes, which is after the rollbacks: the next
/// checkpoint is that of the L-th token whichever tokens had been drafted beyond it, and overwrites one that nobody can go back to.
/// </para>
/// </remarks>
internal readonly unsafe ref struct RingPass<TVector, TSimd>
    where TVector : struct
    where TSimd : struct, ISimd<TVector>
{
    /// <summary>The heads.</summary>
    public required DeltaHeads Heads { get; init; }

    /// <summary>Tokens to run.</summary>
    public required int Tokens { get; init; }

    /// <summary>The ring.</summary>
    public required RingShape Ring { get; init; }

    /// <summary>How many entries go into the next checkpoint.</summary>
    public required int Flushed { get; init; }

    /// <summary>What the sequence's slot holds.</summary>
    public required RingSlot Slot { get; init; }

    /// <summary>Where the sequence stands.</summary>
    public required RingRoute Route { get; init; }

    /// <summary>Whether it starts from S = 0.</summary>
    public required bool Resets { get; init; }

    // Tokens that are read at once, with two registers of sums for each key and each query.
    private static int AtOnce => TSimd.Registers == 32 ? 4 : 3;

    private int Rows => Heads.KeyDim;

    private int Columns => Heads.ValueDim;

    /// <summary>Runs some of the heads.</summary>
    /// <param name="firstHead">The first.</param>
    /// <param name="headCount">How many.</param>
    [SkipLocalsInit]
    public void Run(int firstHead, int headCount)
    {
        int size = RingKeys<TVector, TSimd>.Size(Ring.Length);
        int products = Math.Max(2 * Columns, 2 * Ring.Length * SimdTwice<TVector, TSimd>.Count);
        byte* buffer = stackalloc byte[(size + products) * sizeof(float) + AlignedFloats.LineBytes];
        float* aligned = AlignedFloats.Within(buffer);
        var keys = new RingKeys<TVector, TSimd>(aligned, Ring.Length);
        float* scratch = aligned + size;

        int entry = Ring.FirstEntry(Route), earlier = Route.Pending;
        for (int h = 0; Resets && h < headCount; h++)
            MemoryMarshal.CreateSpan(ref Slot.Checkpoint(entry / Ring.Length, Heads.Index(firstHead + h)), Rows * Columns).Clear();
        for (int t = 0, count; t < Tokens; t += count, earlier += count)
        {
            if (earlier == Ring.Length)
            {
                int next = (entry + Ring.Length) % Ring.Entries;
                MoveOn(ref keys, new RingTokens(entry, t - earlier, Flushed, Count: 0), next, firstHead, headCount, scratch);
                (entry, earlier) = (next, 0);
            }

            count = Math.Min(Tokens - t, Ring.Length - earlier);
            var tokens = new RingTokens(entry, t - earlier, earlier, count);
            keys.LoadKeys(Heads, Slot, tokens);
            for (int head = firstHead; head < firstHead + headCount; head++)
            {
                keys.LoadGates(Heads, Slot, head);
                Read(keys, tokens, head, scratch);
            }
        }
    }

    // Writes the next checkpoint.
    private void MoveOn(
        ref RingKeys<TVector, TSimd> keys, RingTokens tokens, int nextEntry, int firstHead, int headCount, float* scratch)
    {
        keys.LoadKeys(Heads, Slot, tokens);
        for (int head = firstHead; head < firstHead + headCount; head++)
        {
            int index = Heads.Index(head), column = 0;
            ref float from = ref Slot.Checkpoint(tokens.FirstEntry / Ring.Length, index);
            ref float to = ref Slot.Checkpoint(nextEntry / Ring.Length, index);
            ref float corrections = ref Slot.Correction(tokens.FirstEntry, index);
            DeltaWrites writes = keys.Writes(Heads, Slot, head);
            Write<Twice<TVector>, SimdTwice<TVector, TSimd>>(writes, ref from, ref to, ref corrections, ref column, scratch);
            Write<TVector, TSimd>(writes, ref from, ref to, ref corrections, ref column, scratch);
            Write<float, SimdScalar>(writes, ref from, ref to, ref corrections, ref column, scratch);
        }
    }

    private void Write<TColumns, TWidth>(
        in DeltaWrites writes, ref float from, ref float to, ref float corrections, ref int column, float* scratch)
        where TColumns : struct
        where TWidth : struct, IColumns<TColumns>
    {
        for (; column <= Columns - TWidth.Count; column += TWidth.Count)
        {
            for (int i = 0; i < writes.Count; i++)
                TWidth.Store(TWidth.Load(ref corrections, i * Columns + column), ref scratch[i * TWidth.Count], 0);
            DeltaPanel<TColumns, TWidth>.Write(
                writes, Rows, 2 * AtOnce, ref Unsafe.Add(ref from, column), Columns, ref Unsafe.Add(ref to, column), Columns,
                scratch);
        }
    }

    // Corrections and outputs of the tokens; one token alone reads the state as it lies in memory.
    private void Read(in RingKeys<TVector, TSimd> keys, RingTokens tokens, int head, float* products)
    {
        int index = Heads.Index(head), column = 0;
        ref float state = ref Slot.Checkpoint(tokens.FirstEntry / Ring.Length, index);
        bool isRead = tokens.Count == 1;
        if (isRead) DeltaRead<TVector, TSimd>.Run(keys.ReadKeys, keys.ReadQueries, Rows, Columns, ref state, products);
        fixed (float* deltas = &Slot.Correction(tokens.FirstEntry, index))
        {
            Solve<Twice<TVector>, SimdTwice<TVector, TSimd>>(keys, tokens, head, ref state, deltas, ref column, isRead, products);
            Solve<TVector, TSimd>(keys, tokens, head, ref state, deltas, ref column, isRead, products);
            Solve<float, SimdScalar>(keys, tokens, head, ref state, deltas, ref column, isRead, products);
        }
    }

    private void Solve<TColumns, TWidth>(
        in RingKeys<TVector, TSimd> keys, RingTokens tokens, int head, ref float state, float* deltas, ref int column, bool isRead,
        float* products)
        where TColumns : struct
        where TWidth : struct, IColumns<TColumns>
    {
        int first = tokens.FirstToken + tokens.Earlier;
        for (; column <= Columns - TWidth.Count; column += TWidth.Count)
        {
            if (!isRead)
                DeltaPanel<TColumns, TWidth>.Read(
                    keys.ReadKeys, keys.ReadQueries, tokens.Count, Rows, AtOnce, ref Unsafe.Add(ref state, column), Columns,
                    products);
            DeltaSolve<TColumns, TWidth>.Run(
                keys.Couplings, ref Unsafe.Add(ref Heads.V(first, head), column), Heads.ValueStride,
                ref Unsafe.Add(ref Heads.Output(first, head), column), Heads.OutputStride, Heads.Scale,
                isRead ? products + column : products, isRead ? Columns : TWidth.Count, deltas + column, Columns);
        }
    }
}
