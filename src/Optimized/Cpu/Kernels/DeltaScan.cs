using System.Runtime.Intrinsics;
using Gdn.Optimized.Batching;
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
    /// <param name="workers">Threads.</param>
    /// <exception cref="ArgumentException">A length does not fit the shape.</exception>
    public static void Run(
        in DeltaRuleShape shape, int sequences, HeadMap map, in DeltaScanInput input,
        Span<float> state, int planes, int source, Span<float> output, Workers workers)
    {
        Validate(shape, sequences * shape.Tokens, input, output.Length);
        Validate(shape, sequences, state.Length, planes, source);
        RunWidest(shape, sequences, [], map, input, state, planes, source, output, workers);
    }

    /// <summary>Runs sequences of different lengths, each on the tokens and the state that its segment names.</summary>
    /// <param name="shape">Sizes of one sequence, but for its tokens, which do not count here.</param>
    /// <param name="segments">One per sequence.</param>
    /// <param name="map">Which key head a value head reads.</param>
    /// <param name="input">Inputs of all tokens.</param>
    /// <param name="state">S in planes, as many rows of planes as there are segments.</param>
    /// <param name="planes">Planes per row, at least 1.</param>
    /// <param name="source">The plane that holds each sequence's state before its first token.</param>
    /// <param name="output">Receives o <c>[n_tokens, Hv, V]</c>.</param>
    /// <param name="workers">Threads.</param>
    /// <exception cref="ArgumentException">A length or a segment does not fit.</exception>
    public static void Run(
        in DeltaRuleShape shape, ReadOnlySpan<ScanSegment> segments, HeadMap map, in DeltaScanInput input,
        Span<float> state, int planes, int source, Span<float> output, Workers workers)
    {
        Validate(shape, input, segments, output.Length);
        Validate(shape, segments.Length, state.Length, planes, source);
        RunWidest(shape, segments.Length, segments, map, input, state, planes, source, output, workers);
    }

    private static void RunWidest(
        in DeltaRuleShape shape, int sequences, ReadOnlySpan<ScanSegment> segments, HeadMap map, in DeltaScanInput input,
        Span<float> state, int planes, int source, Span<float> output, Workers workers)
    {
        if (Vector512.IsHardwareAccelerated)
            Run<Vector512<float>, Simd512>(shape, sequences, segments, map, input, state, planes, source, output, workers);
        else if (Vector256.IsHardwareAccelerated)
            Run<Vector256<float>, Simd256>(shape, sequences, segments, map, input, state, planes, source, output, workers);
        else if (Vector128.IsHardwareAccelerated)
            Run<Vector128<float>, Simd128>(shape, sequences, segments, map, input, state, planes, source, output, workers);
        else
            Run<float, SimdScalar>(shape, sequences, segments, map, input, state, planes, source, output, workers);
    }

    internal static void Run<TVector, TSimd>(
        in DeltaRuleShape shape, int sequences, HeadMap map, in DeltaScanInput input,
        Span<float> state, int planes, int source, Span<float> output, Workers workers)
        where TVector : struct
        where TSimd : struct, ISimd<TVector> =>
        Run<TVector, TSimd>(shape, sequences, [], map, input, state, planes, source, output, workers);

    // Without segments, sequences of equal length.
    internal static void Run<TVector, TSimd>(
        in DeltaRuleShape shape, int sequences, ReadOnlySpan<ScanSegment> segments, HeadMap map, in DeltaScanInput input,
        Span<float> state, int planes, int source, Span<float> output, Workers workers)
        where TVector : struct
        where TSimd : struct, ISimd<TVector>
    {
        // Value heads that share a key head share work, if there is something for every thread even so.
        int headsPerItem = sequences * shape.KeyHeads >= workers.Threads ? shape.ValueHeads / shape.KeyHeads : 1;
        int items = sequences * shape.ValueHeads / headsPerItem;
        workers.Run(items, new Heads<TVector, TSimd>
        {
            Workers = workers,
            Items = items,
            Shape = shape,
            Segments = segments,
            Map = map,
            Input = input,
            State = state,
            Planes = planes,
            Source = source,
            HeadsPerItem = headsPerItem,
            // A thread's next item is its last one's neighbour; with segments it is another sequence's.
            Ahead = !segments.IsEmpty ? 0 : (map == HeadMap.Tiled ? 1 : headsPerItem) * shape.HeadStateLength,
            Output = output,
        });
    }

    private readonly ref struct Heads<TVector, TSimd> : IWork
        where TVector : struct
        where TSimd : struct, ISimd<TVector>
    {
        public required Workers Workers { get; init; }

        public required int Items { get; init; }

        public required DeltaRuleShape Shape { get; init; }

        public required ReadOnlySpan<ScanSegment> Segments { get; init; }

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
            // Sequences of different lengths take turns, so that every thread has some tokens of each.
            (int sequence, int inSequence) = Segments.IsEmpty
                ? Math.DivRem(item, perSequence)
                : (item % Segments.Length, item / Segments.Length);
            ScanSegment segment = Segments.IsEmpty
                ? new ScanSegment(sequence * Shape.Tokens, Shape.Tokens, sequence)
                : Segments[sequence];
            (int keyHead, int part) = Math.DivRem(inSequence, perKeyHead);
            int length = Planes * Shape.StateLength, firstHead = part * HeadsPerItem;
            var heads = new DeltaHeads(Shape, Map, Input, segment.Start, keyHead, Output);
            var planes = new DeltaPlanes(Shape, Planes, Source, State.Slice(segment.Row * length, length));
            if (segment.Count == 1)
            {
                new DeltaStep<TVector, TSimd> { Heads = heads, Planes = planes }.Run(firstHead, HeadsPerItem);
                return;
            }

            int ahead = Workers.IsLastOfShare(item, Items) ? 0 : Ahead;
            new DeltaBlocks<TVector, TSimd> { Heads = heads, Tokens = segment.Count, Planes = planes, Ahead = ahead }
                .Run(firstHead, HeadsPerItem);
        }
    }

    /// <summary>Whether inputs and segments fit.</summary>
    /// <exception cref="ArgumentException">They do not.</exception>
    internal static void Validate(
        in DeltaRuleShape shape, in DeltaScanInput input, ReadOnlySpan<ScanSegment> segments, int output)
    {
        int tokens = input.Beta.Length / shape.ValueHeads;
        Validate(shape, tokens, input, output);
        foreach (ScanSegment segment in segments)
            if (segment.Start < 0 || segment.Count < 1 || segment.Start > tokens - segment.Count
                || (uint)segment.Row >= (uint)segments.Length)
                throw new ArgumentException($"{segment} does not fit {tokens} tokens and {segments.Length} states.");
    }

    private static void Validate(in DeltaRuleShape shape, int tokens, in DeltaScanInput input, int output)
    {
        if (shape.KeyDim > MaxKeyDim || shape.ValueDim > MaxValueDim)
            throw new ArgumentException($"K must be at most {MaxKeyDim}, and V {MaxValueDim}: {shape}.");
        if (shape.ValueHeads % shape.KeyHeads != 0)
            throw new ArgumentException($"Value heads must be a multiple of key heads: {shape}.");
        int keys = (tokens - 1) * input.KeyStride + shape.KeyHeads * shape.KeyDim;
        int values = (tokens - 1) * input.ValueStride + shape.ValueHeads * shape.ValueDim;
        if (input.Q.Length < keys || input.K.Length < keys || input.V.Length < values
            || input.Beta.Length != tokens * shape.ValueHeads
            || input.Decay.Length != tokens * shape.ValueHeads * (shape.PerChannelGate ? shape.KeyDim : 1)
            || output != tokens * shape.ValueHeads * shape.ValueDim)
            throw new ArgumentException($"A buffer does not fit {tokens} tokens, {shape}.");
    }

    private static void Validate(in DeltaRuleShape shape, int sequences, int state, int planes, int source)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(planes, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(source);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(source, planes);
        if (state != sequences * planes * shape.StateLength)
            throw new ArgumentException($"States do not fit {sequences} sequences, {shape}, in {planes} planes.");
    }
}
