using System.Runtime.Intrinsics;
using Gdn.Optimized.Cpu.Simd;
using Gdn.Optimized.Cpu.Threading;
using Gdn.Reference.Operators;

namespace Gdn.Optimized.Cpu.Kernels;

/// <summary>
/// The gated delta rule over all tokens of a run, several sequences at once: one token each
/// (<see cref="DeltaStep{TVector, TSimd}"/>), or more of them in blocks (<see cref="DeltaBlocks{TVector, TSimd}"/>). Heads of
/// sequences are the items of work.
/// </summary>
/// <remarks>
/// Blocks are counted from a sequence's first token of the run, a token's results depend on no later one, and a column's
/// arithmetic not on the columns beside it: a sequence has the same bits in any company, on any number of threads, and up to
/// any token whether or not others follow. Planes are written where they shall lie; nothing is copied for them.
/// </remarks>
public static class DeltaScan
{
    /// <summary>Largest K.</summary>
    public const int MaxKeyDim = DeltaBlockKeys.MaxKeyDim;

    /// <summary>Largest V: sums of a head's columns lie on the stack.</summary>
    public const int MaxValueDim = 4096;

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
    /// <param name="pool">Threads.</param>
    /// <exception cref="ArgumentException">A length does not fit the shape.</exception>
    public static void Run(
        in DeltaRuleShape shape, int sequences, HeadMap map, in DeltaScanInput input,
        Span<float> state, int planes, int source, Span<float> output, WorkerPool pool)
    {
        Validate(shape, sequences, input, state.Length, planes, source, output.Length);
        if (Vector512.IsHardwareAccelerated)
            Run<Vector512<float>, Simd512>(shape, sequences, map, input, state, planes, source, output, pool);
        else if (Vector256.IsHardwareAccelerated)
            Run<Vector256<float>, Simd256>(shape, sequences, map, input, state, planes, source, output, pool);
        else if (Vector128.IsHardwareAccelerated)
            Run<Vector128<float>, Simd128>(shape, sequences, map, input, state, planes, source, output, pool);
        else
            Run<float, SimdScalar>(shape, sequences, map, input, state, planes, source, output, pool);
    }

    internal static void Run<TVector, TSimd>(
        in DeltaRuleShape shape, int sequences, HeadMap map, in DeltaScanInput input,
        Span<float> state, int planes, int source, Span<float> output, WorkerPool pool)
        where TVector : struct
        where TSimd : struct, ISimd<TVector>
    {
        // Value heads that share a key head share work, if there is something for every thread even so.
        int headsPerItem = sequences * shape.KeyHeads >= pool.Threads ? shape.ValueHeads / shape.KeyHeads : 1;
        int items = sequences * shape.ValueHeads / headsPerItem;
        pool.Run(items, new Heads<TVector, TSimd>
        {
            Pool = pool,
            Items = items,
            Shape = shape,
            Map = map,
            Input = input,
            State = state,
            Planes = planes,
            Source = source,
            HeadsPerItem = headsPerItem,
            // A thread's next item is its last one's neighbour.
            Ahead = (map == HeadMap.Tiled ? 1 : headsPerItem) * shape.HeadStateLength,
            Output = output,
        });
    }

    private readonly ref struct Heads<TVector, TSimd> : IWork
        where TVector : struct
        where TSimd : struct, ISimd<TVector>
    {
        public required WorkerPool Pool { get; init; }

        public required int Items { get; init; }

        public required DeltaRuleShape Shape { get; init; }

        public required HeadMap Map { get; init; }

        public required DeltaScanInput Input { get; init; }

        public required Span<float> State { get; init; }

        public required int Planes { get; init; }

        public required int Source { get; init; }

        public required int HeadsPerItem { get; init; }

        public required int Ahead { get; init; }

        public required Span<float> Output { get; init; }

        public void Run(int item)
        {
            int perSequence = Shape.ValueHeads / HeadsPerItem, perKeyHead = perSequence / Shape.KeyHeads;
            (int sequence, int inSequence) = Math.DivRem(item, perSequence);
            (int keyHead, int part) = Math.DivRem(inSequence, perKeyHead);
            int length = Planes * Shape.StateLength, firstHead = part * HeadsPerItem;
            var heads = new DeltaHeads(Shape, Map, Input, sequence, keyHead, Output);
            var planes = new DeltaPlanes(Shape, Planes, Source, State.Slice(sequence * length, length));
            if (Shape.Tokens == 1)
            {
                new DeltaStep<TVector, TSimd> { Heads = heads, Planes = planes }.Run(firstHead, HeadsPerItem);
                return;
            }

            int ahead = Pool.IsLastOfShare(item, Items) ? 0 : Ahead;
            new DeltaBlocks<TVector, TSimd> { Heads = heads, Tokens = Shape.Tokens, Planes = planes, Ahead = ahead }
                .Run(firstHead, HeadsPerItem);
        }
    }

    private static void Validate(
        in DeltaRuleShape shape, int sequences, in DeltaScanInput input, int state, int planes, int source, int output)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(planes, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(source);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(source, planes);
        if (shape.KeyDim > MaxKeyDim || shape.ValueDim > MaxValueDim)
            throw new ArgumentException($"K must be at most {MaxKeyDim}, and V {MaxValueDim}: {shape}.");
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
