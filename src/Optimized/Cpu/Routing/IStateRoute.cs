using Gdn.Optimized.Cpu.Memory;

namespace Gdn.Optimized.Cpu.Routing;

/// <summary>How a pass reaches the recurrent state of its sequences.</summary>
internal interface IStateRoute
{
    /// <summary>
    /// The rows of the i-th linear layer's heads of a share, each sequence's state before its first token in the source plane.
    /// </summary>
    RecurrentRows Load(int index, int share, Scratch scratch);

    /// <summary>Brings the planes that the layer has written to where they belong.</summary>
    void Store(int index, int share, RecurrentRows rows);
}
