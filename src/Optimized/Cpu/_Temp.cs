#pragma warning disable
namespace Gdn.Optimized.Cpu;
public sealed record CpuEngineOptions;
