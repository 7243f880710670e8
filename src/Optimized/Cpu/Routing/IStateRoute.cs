using Gdn.Optimized.State;

namespace Gdn.Optimized.Cpu.Routing;

/// <summary>How a run reaches the recurrent state of its sequences.</summary>
internal interface IStateRoute
{
    /// <summary>Index of each token's sequence among the rows: <c>[n_tokens]</c>.</summary>
    ReadOnlySpan<int> ConvSeqMap { get; }

    /// <summary>The rows of the i-th linear layer's heads on a device, each sequence's state before its first token in the source plane.</summary>
    RecurrentRows Load(int index, int device, Scratch scratch);

    /// <summary>Brings the planes that the layer has written to where they belong.</summary>
    void Store(int index, int device, RecurrentRows rows);
}
