using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Gdn.Optimized.Cpu.Simd;
using Gdn.Optimized.Cpu.Threading;
using Gdn.Reference.Operators;

namespace Gdn.Optimized.Cpu.Kernels;

/// <summary>
/// The gated delta rule over all tokens of a run, several sequences at once. Heads of sequences are the items of work. Tokens
/// go through a head in blocks, in a form that is exact for any keys (<see cref="DeltaBlocks{TVector, TSimd}"/>); where they are few,
/// and where states before the last are remembered, one by one (<see cref="DeltaTokens{TVector, TSimd}"/>).
/// </summary>
/// <remarks>
/// Planes cost nothing: a token reads the plane that the token before it wrote and writes the one in which its own state is to
/// be remembered. Which tokens share a block depends on T and the planes alone, and a column's arithmetic does not depend on
/// the columns beside it: a sequence has the same bits in any company and on any number of threads.
/// </remarks>
public static class DeltaScan
{
    /// <summary>Fewer tokens than this go one by one: the state is not worth rearranging for them.</summary>
    private const int BlocksFrom = 4;

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
        // A sequence that is rolled back must be as if it had never gone further, to the bit: no block may reach past a state
        // that can be returned to.
        bool blocks = planes == 1 && shape.Tokens >= BlocksFrom && shape.KeyDim <= DeltaBlockKeys.MaxKeyDim;
        // Value heads that share a key head share work in blocks, if there is something for every thread even so.
        bool together = blocks && sequences * shape.KeyHeads >= pool.Threads;
        int headsPerItem = together ? shape.ValueHeads / shape.KeyHeads : 1;
        pool.Run(sequences * shape.ValueHeads / headsPerItem, new Heads<TVector, TSimd>
        {
            Shape = shape,
            Map = map,
            Input = input,
            State = state,
            Planes = planes,
            Source = source,
            Blocks = blocks,
            HeadsPerItem = headsPerItem,
            Output = output,
        });
    }

    private readonly ref struct Heads<TVector, TSimd> : IWork
        where TVector : struct
        where TSimd : struct, ISimd<TVector>
    {
        public required DeltaRuleShape Shape { get; init; }

        public required HeadMap Map { get; init; }

        public required DeltaScanInput Input { get; init; }

        public required Span<float> State { get; init; }

        public required int Planes { get; init; }

        public required int Source { get; init; }

        public required bool Blocks { get; init; }

        public required int HeadsPerItem { get; init; }

        public required Span<float> Output { get; init; }

        public void Run(int item)
        {
            int perSequence = Shape.ValueHeads / HeadsPerItem, perKeyHead = perSequence / Shape.KeyHeads;
            (int sequence, int inSequence) = Math.DivRem(item, perSequence);
            (int keyHead, int part) = Math.DivRem(inSequence, perKeyHead);
            var heads = new DeltaHeads(Shape, Map, Input, sequence, keyHead, Output);
            int first = part * HeadsPerItem, from = Source;
            if (Blocks)
            {
                DeltaBlocks<TVector, TSimd>.Run(
                    heads, first, HeadsPerItem, Shape.Tokens, ref Plane(sequence, from), ref Plane(sequence, from));
                return;
            }

            for (int t = 0; t < Shape.Tokens; t++)
            {
                int to = Math.Min(Shape.Tokens - 1 - t, Planes - 1);
                for (int head = first; head < first + HeadsPerItem; head++)
                {
                    int state = heads.Index(head) * Shape.HeadStateLength;
                    DeltaTokens<TVector, TSimd>.Run(
                        heads, head, t, ref Unsafe.Add(ref Plane(sequence, from), state),
                        ref Unsafe.Add(ref Plane(sequence, to), state));
                }

                from = to;
            }
        }

        private ref float Plane(int sequence, int plane) => ref State[(sequence * Planes + plane) * Shape.StateLength];
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
