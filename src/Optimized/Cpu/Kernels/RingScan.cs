using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Gdn.Optimized.Batching;
using Gdn.Optimized.Cpu.Simd;
using Gdn.Optimized.Cpu.Threading;
using Gdn.Reference.Operators;

namespace Gdn.Optimized.Cpu.Kernels;

/// <summary>
/// The gated delta rule over all tokens of a run, with S of each sequence as a checkpoint and a ring
/// (<see cref="RingPass{TVector, TSimd}"/>), in place on the slots: nothing is gathered. Heads of sequences are the items of work.
/// </summary>
/// <remarks>
/// A sequence has the same bits in any company, on any number of threads, and however its tokens are cut into runs.
/// </remarks>
public static class RingScan
{
    /// <summary>Runs sequences, each on its tokens.</summary>
    /// <param name="shape">Sizes of one sequence, but for its tokens, which do not count here.</param>
    /// <param name="segments">One per sequence; the row is that of its route.</param>
    /// <param name="routes">Slot of each sequence, where it stands in its ring, and whether it starts.</param>
    /// <param name="map">Which key head a value head reads.</param>
    /// <param name="input">Inputs of all tokens.</param>
    /// <param name="states">S of all slots; updated.</param>
    /// <param name="output">Receives o <c>[n_tokens, Hv, V]</c>.</param>
    /// <param name="workers">Threads.</param>
    /// <exception cref="ArgumentException">A length, a segment or a route does not fit.</exception>
    public static void Run(
        in DeltaRuleShape shape, ReadOnlySpan<ScanSegment> segments, ReadOnlySpan<SequenceRoute> routes, HeadMap map,
        in DeltaScanInput input, in RingStates states, Span<float> output, Workers workers)
    {
        DeltaScan.Validate(shape, input, segments, output.Length);
        foreach (SequenceRoute route in routes)
            if (!states.Shape.Fits(route.Ring)) throw new ArgumentException($"{route.Ring} does not fit {states.Shape}.");
        if (Vector512.IsHardwareAccelerated)
            Run<Vector512<float>, Simd512>(shape, segments, routes, map, input, states, output, workers);
        else if (Vector256.IsHardwareAccelerated)
            Run<Vector256<float>, Simd256>(shape, segments, routes, map, input, states, output, workers);
        else if (Vector128.IsHardwareAccelerated)
            Run<Vector128<float>, Simd128>(shape, segments, routes, map, input, states, output, workers);
        else
            Run<float, SimdScalar>(shape, segments, routes, map, input, states, output, workers);
    }

    internal static void Run<TVector, TSimd>(
        in DeltaRuleShape shape, ReadOnlySpan<ScanSegment> segments, ReadOnlySpan<SequenceRoute> routes, HeadMap map,
        in DeltaScanInput input, in RingStates states, Span<float> output, Workers workers)
        where TVector : struct
        where TSimd : struct, ISimd<TVector>
    {
        // As in DeltaScan: value heads that share a key head share work, if there is something for every thread even so.
        int headsPerItem = segments.Length * shape.KeyHeads >= workers.Threads ? shape.ValueHeads / shape.KeyHeads : 1;
        workers.Run(segments.Length * shape.ValueHeads / headsPerItem, new Heads<TVector, TSimd>
        {
            Shape = shape,
            Segments = segments,
            Routes = routes,
            Map = map,
            Input = input,
            States = states,
            HeadsPerItem = headsPerItem,
            Output = output,
        });
        foreach (ScanSegment segment in segments) Append(shape, segment, routes[segment.Row], input, states);
    }

    // Keys and decays of the last tokens; their corrections are there already. Heads share keys, so this waits for all of them.
    private static void Append(
        in DeltaRuleShape shape, ScanSegment segment, SequenceRoute route, in DeltaScanInput input, in RingStates states)
    {
        int entries = states.Shape.Entries, gates = shape.PerChannelGate ? shape.KeyDim : 1;
        var slot = new RingSlot(shape, states, route.Slot);
        for (int t = Math.Max(0, segment.Count - entries); t < segment.Count; t++)
        {
            int entry = (route.Ring.Cursor + t) % entries, token = segment.Start + t;
            for (int head = 0; head < shape.KeyHeads; head++)
                input.K.Slice(token * input.KeyStride + head * shape.KeyDim, shape.KeyDim)
                    .CopyTo(MemoryMarshal.CreateSpan(ref slot.Key(entry, head), shape.KeyDim));
            for (int head = 0; head < shape.ValueHeads; head++)
                input.Decay.Slice((token * shape.ValueHeads + head) * gates, gates)
                    .CopyTo(MemoryMarshal.CreateSpan(ref slot.Decay(entry, head), gates));
        }
    }

    private readonly ref struct Heads<TVector, TSimd> : IWork
        where TVector : struct
        where TSimd : struct, ISimd<TVector>
    {
        public required DeltaRuleShape Shape { get; init; }

        public required ReadOnlySpan<ScanSegment> Segments { get; init; }

        public required ReadOnlySpan<SequenceRoute> Routes { get; init; }

        public required HeadMap Map { get; init; }

        public required DeltaScanInput Input { get; init; }

        public required RingStates States { get; init; }

        public required int HeadsPerItem { get; init; }

        public required Span<float> Output { get; init; }

        public void Run(int item)
        {
            int perSequence = Shape.ValueHeads / HeadsPerItem, perKeyHead = perSequence / Shape.KeyHeads;
            (int sequence, int inSequence) = Math.DivRem(item, perSequence);
            (int keyHead, int part) = Math.DivRem(inSequence, perKeyHead);
            ScanSegment segment = Segments[sequence];
            SequenceRoute route = Routes[segment.Row];
            new RingPass<TVector, TSimd>
            {
                Heads = new DeltaHeads(Shape, Map, Input, segment.Start, keyHead, Output),
                Tokens = segment.Count,
                Ring = States.Shape,
                Flushed = States.Flushed,
                Slot = new RingSlot(Shape, States, route.Slot),
                Route = route.Ring,
                Resets = route.Resets,
            }.Run(part * HeadsPerItem, HeadsPerItem);
        }
    }
}
