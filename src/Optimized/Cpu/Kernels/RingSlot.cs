using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Gdn.Reference.Operators;

namespace Gdn.Optimized.Cpu.Kernels;

/// <summary>What one slot holds of S: checkpoints, and the entries of its ring. Heads are numbered among all of the layer.</summary>
internal readonly ref struct RingSlot
{
    private readonly ref float _checkpoints, _keys, _corrections, _decays;
    private readonly int _entries, _keyDim, _valueDim, _gates, _stateLength, _headLength;

    public RingSlot(in DeltaRuleShape shape, in RingStates states, int slot)
    {
        _entries = states.Shape.Entries;
        (_keyDim, _valueDim, _gates) = (shape.KeyDim, shape.ValueDim, shape.PerChannelGate ? shape.KeyDim : 1);
        (_stateLength, _headLength) = (shape.StateLength, shape.HeadStateLength);
        _checkpoints = ref Of(states.Checkpoints, slot, states.Shape.Checkpoints * _stateLength);
        _keys = ref Of(states.Keys, slot, shape.KeyHeads * _entries * _keyDim);
        _corrections = ref Of(states.Corrections, slot, shape.ValueHeads * _entries * _valueDim);
        _decays = ref Of(states.Decays, slot, shape.ValueHeads * _entries * _gates);
    }

    /// <summary>A head's state at a checkpoint, <c>[K, V]</c>.</summary>
    public ref float Checkpoint(int checkpoint, int head) =>
        ref Unsafe.Add(ref _checkpoints, (nint)checkpoint * _stateLength + (nint)head * _headLength);

    /// <summary>The key of an entry, <c>[K]</c>.</summary>
    public ref float Key(int entry, int keyHead) => ref Unsafe.Add(ref _keys, (keyHead * _entries + entry) * _keyDim);

    /// <summary>The correction of an entry, <c>[V]</c>; the next entry's follows.</summary>
    public ref float Correction(int entry, int head) => ref Unsafe.Add(ref _corrections, (head * _entries + entry) * _valueDim);

    /// <summary>The decay before an entry, <c>[K]</c> or one for all.</summary>
    public ref float Decay(int entry, int head) => ref Unsafe.Add(ref _decays, (head * _entries + entry) * _gates);

    // A slot's part of what all slots hold.
    private static ref float Of(Span<float> all, int slot, int length) =>
        ref MemoryMarshal.GetReference(all.Slice(slot * length, length));
}
