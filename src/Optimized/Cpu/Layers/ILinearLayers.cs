using Gdn.Optimized.Batching;
using Gdn.Optimized.Cpu.Memory;
using Gdn.Reference.Models;

namespace Gdn.Optimized.Cpu.Layers;

/// <summary>The linear layers of a model together with their states: in host memory, or on another device.</summary>
internal interface ILinearLayers : IDisposable
{
    /// <summary>Their states.</summary>
    IRecurrentStates States { get; }

    /// <summary>Whether one sequence alone can be run directly on its slot, without a plan.</summary>
    bool RunsInPlace { get; }

    /// <summary>Makes the block of a layer.</summary>
    /// <param name="index">Which linear layer.</param>
    /// <param name="weights">Its weights.</param>
    IBlock Block(int index, DeltaNetWeights<float> weights);

    /// <summary>Points all blocks at a pass.</summary>
    /// <param name="layout">The tokens.</param>
    /// <param name="plan">Where states are read and written; null for one sequence in place.</param>
    void Route(RunLayout layout, BatchPlan? plan);
}
