using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using Gdn.Reference.Operators;

namespace Gdn.Optimized.Cpu.Kernels;

/// <summary>
/// The value heads of one sequence that share a key head: where each token finds its inputs, and puts its outputs. Value heads
/// are numbered from 0 within the group.
/// </summary>
internal readonly ref struct DeltaHeads
{
    private readonly ref float _q, _k, _v, _decay, _beta, _output;
    private readonly int _keyStride, _valueStride, _valueHeads, _gates, _first, _step;

    /// <summary>The value heads of a sequence whose tokens start with number <paramref name="first"/>.</summary>
    public DeltaHeads(
        in DeltaRuleShape shape, HeadMap map, in DeltaScanInput input, int first, int keyHead, Span<float> output)
    {
        (KeyDim, ValueDim, _valueHeads) = (shape.KeyDim, shape.ValueDim, shape.ValueHeads);
        KeyHead = keyHead;
        Count = shape.ValueHeads / shape.KeyHeads;
        (_first, _step) = map == HeadMap.Tiled ? (keyHead, shape.KeyHeads) : (keyHead * Count, 1);
        _gates = shape.PerChannelGate ? shape.KeyDim : 1;
        (_keyStride, _valueStride) = (input.KeyStride, input.ValueStride);
        int key = first * _keyStride + keyHead * KeyDim;
        _q = ref Unsafe.Add(ref MemoryMarshal.GetReference(input.Q), key);
        _k = ref Unsafe.Add(ref MemoryMarshal.GetReference(input.K), key);
        _v = ref Unsafe.Add(ref MemoryMarshal.GetReference(input.V), first * _valueStride);
        _decay = ref Unsafe.Add(ref MemoryMarshal.GetReference(input.Decay), first * _valueHeads * _gates);
        _beta = ref Unsafe.Add(ref MemoryMarshal.GetReference(input.Beta), first * _valueHeads);
        _output = ref Unsafe.Add(ref MemoryMarshal.GetReference(output), first * _valueHeads * ValueDim);
        Scale = (float)(1 / Math.Sqrt(KeyDim));
    }

    /// <summary>The key head.</summary>
    public int KeyHead { get; }

    /// <summary>Value heads.</summary>
    public int Count { get; }

    /// <summary>K.</summary>
    public int KeyDim { get; }

    /// <summary>V.</summary>
    public int ValueDim { get; }

    /// <summary>What outputs are multiplied with.</summary>
    public float Scale { get; }

    /// <summary>Whether each row of the state has a gate of its own.</summary>
    public bool PerChannelGate => _gates > 1;

    /// <summary>Elements from one token's values to the next one's.</summary>
    public int ValueStride => _valueStride;

    /// <summary>Elements from one token's outputs to the next one's.</summary>
    public int OutputStride => _valueHeads * ValueDim;

    /// <summary>Number of a value head among all of the sequence.</summary>
    public int Index(int head) => _first + head * _step;

    /// <summary>Query of token t, <c>[K]</c>.</summary>
    public ref float Q(int t) => ref Unsafe.Add(ref _q, t * _keyStride);

    /// <summary>Key of token t, <c>[K]</c>.</summary>
    public ref float K(int t) => ref Unsafe.Add(ref _k, t * _keyStride);

    /// <summary>Value of token t, <c>[V]</c>.</summary>
    public ref float V(int t, int head) => ref Unsafe.Add(ref _v, t * _valueStride + Index(head) * ValueDim);

    /// <summary>Decay before token t, <c>[K]</c> or one for all.</summary>
    public ref float Decay(int t, int head) => ref Unsafe.Add(ref _decay, (t * _valueHeads + Index(head)) * _gates);

    /// <summary>Write strength of token t.</summary>
    public float Beta(int t, int head) => Unsafe.Add(ref _beta, t * _valueHeads + Index(head));

    /// <summary>Where the output of token t goes, <c>[V]</c>.</summary>
    public ref float Output(int t, int head) => ref Unsafe.Add(ref _output, (t * _valueHeads + Index(head)) * ValueDim);

    /// <summary>
    /// Prefetches what token t brings to some heads: rows of one head are further apart than hardware prefetchers look ahead.
    /// </summary>
    /// <param name="t">The token.</param>
    /// <param name="firstHead">First of the heads.</param>
    /// <param name="headCount">How many.</param>
    /// <param name="keyAhead">Entries from their keys to those that are meant; what lies there is never read.</param>
    /// <param name="valueAhead">The same for values.</param>
    public void Prefetch(int t, int firstHead, int headCount, int keyAhead, int valueAhead)
    {
        Prefetch(ref Q(t), keyAhead, KeyDim);
        Prefetch(ref K(t), keyAhead, KeyDim);
        for (int head = firstHead; head < firstHead + headCount; head++)
        {
            Prefetch(ref V(t, head), valueAhead, ValueDim);
            Prefetch(ref Decay(t, head), 0, _gates);
        }
    }

    /// <summary>Prefetches a row, a number of entries on from the one given; what lies there is never read.</summary>
    public static unsafe void Prefetch(ref float row, int ahead, int length)
    {
        if (!Sse.IsSupported) return;
        float* first = (float*)Unsafe.AsPointer(ref row) + ahead, end = first + length;
        for (; first < end; first += AlignedFloats.Line) Sse.Prefetch1(first);
    }
}
