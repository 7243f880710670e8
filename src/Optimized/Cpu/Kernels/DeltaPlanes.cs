using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Gdn.Reference.Operators;

namespace Gdn.Optimized.Cpu.Kernels;

/// <summary>
/// The states of one sequence, <c>[planes, Hv, K, V]</c>: plane s receives the state s tokens before the end.
/// </summary>
internal readonly ref struct DeltaPlanes
{
    private readonly ref float _states;
    private readonly int _planeLength, _headLength;

    public DeltaPlanes(in DeltaRuleShape shape, int count, int source, Span<float> states)
    {
        (Count, Source) = (count, source);
        (_planeLength, _headLength) = (shape.StateLength, shape.HeadStateLength);
        _states = ref MemoryMarshal.GetReference(states);
    }

    /// <summary>How many.</summary>
    public int Count { get; }

    /// <summary>The plane that holds the state before the first token.</summary>
    public int Source { get; }

    /// <summary>The state of a head.</summary>
    public ref float this[int plane, int head] =>
        ref Unsafe.Add(ref _states, (nint)plane * _planeLength + (nint)head * _headLength);
}
