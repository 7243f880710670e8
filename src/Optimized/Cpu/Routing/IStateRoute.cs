using Gdn.Optimized.Batching;
using Gdn.Optimized.Cpu.Memory;

namespace Gdn.Optimized.Cpu.Routing;

/// <summary>How a pass reaches the recurrent state of its sequences.</summary>
internal interface IStateRoute
{
    /// <summary>Where each sequence of the pass finds its state, for what is worked on where it lies.</summary>
    ReadOnlySpan<SequenceRoute> Routes { get; }

    /// <summary>
    /// The conv windows of the i-th linear layer's heads of a share, each sequence's window before its first token in the source plane.
    /// </summary>
    PlaneRows LoadConv(int index, int share, Scratch scratch);

    /// <summary>Brings the conv windows that the layer has written to where they belong.</summary>
    void StoreConv(int index, int share, PlaneRows rows);

    /// <summary>S of the i-th linear layer's heads of a share, each sequence's S before its first token in the source plane.</summary>
    PlaneRows LoadDelta(int index, int share, Scratch scratch);

    /// <summary>Brings the S that the layer has written to where they belong.</summary>
    void StoreDelta(int index, int share, PlaneRows rows);
}
