using Gdn.Optimized.Batching;
using Gdn.Optimized.Cpu;
using Gdn.Reference.Engines;
using Gdn.Reference.Models;

namespace Gdn.Properties.Optimized.Cpu;

/// <summary>Batched engines on the CPU for models that are in memory.</summary>
internal static class CpuEngines
{
    public static CpuOptions Options(
        ModelConfig config, ModelWeights<float> weights, int slots, int maxBatchTokens, int maxPositions, int planes = 1)
    {
        var engine = new EngineOptions
        {
            Model = new EngineModel("random", config, path: null, () => weights),
            Slots = slots,
            Planes = planes,
            MaxBatchTokens = maxBatchTokens,
            MaxPositions = maxPositions,
        };
        return new CpuOptions { Engine = engine };
    }

    public static BatchedEngine Make(CpuOptions options) => CpuDevice.Engine("cpu", options);
}
