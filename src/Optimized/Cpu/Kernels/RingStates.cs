using Gdn.Optimized.Batching;

namespace Gdn.Optimized.Cpu.Kernels;

/// <summary>S of every slot as a checkpoint and a ring: what <see cref="RingScan"/> works on.</summary>
public readonly ref struct RingStates
{
    /// <summary>The ring: C checkpoints and R entries.</summary>
    public required RingShape Shape { get; init; }

    /// <summary>How many entries go into the next checkpoint: L, but for faults.</summary>
    public required int Flushed { get; init; }

    /// <summary>S <c>[slots, C, Hv, K, V]</c>.</summary>
    public required Span<float> Checkpoints { get; init; }

    /// <summary>Keys <c>[slots, Hk, R, K]</c>.</summary>
    public required Span<float> Keys { get; init; }

    /// <summary>Corrections delta <c>[slots, Hv, R, V]</c>.</summary>
    public required Span<float> Corrections { get; init; }

    /// <summary>exp(g) <c>[slots, Hv, R]</c>, or <c>[slots, Hv, R, K]</c> with a gate per key channel.</summary>
    public required Span<float> Decays { get; init; }
}
