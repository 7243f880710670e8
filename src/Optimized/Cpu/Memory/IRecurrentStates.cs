using Gdn.Optimized.Batching;

namespace Gdn.Optimized.Cpu.Memory;

/// <summary>
/// Recurrent states of all linear layers, for every slot, wherever they lie. A slot has planes: plane p is the state as it was p
/// tokens before the end of the slot's last pass.
/// </summary>
public interface IRecurrentStates
{
    /// <summary>Elements of a layer's exported plane, for each layer.</summary>
    IReadOnlyList<int> Lengths { get; }

    /// <inheritdoc cref="IDevice.Zero"/>
    void Zero(int slot);

    /// <summary>Sets every plane of a slot.</summary>
    void Fill(int slot, float value);

    /// <summary>Sets plane 0 of a slot to a plane of another, whose sequence is at a position.</summary>
    void Copy(int source, int plane, int target, int position);

    /// <summary>
    /// A layer's plane, of a sequence at a position: conv window <c>[W - 1, C]</c>, then S <c>[Hv, K, V]</c>, or its checkpoint and
    /// entries.
    /// </summary>
    float[] Export(int layer, int slot, int plane, int position);

    /// <summary>Sets a layer's plane 0 to what <see cref="Export"/> has returned, of whatever states of this shape.</summary>
    void Import(int layer, int slot, int position, ReadOnlySpan<float> state);
}
