using BenchmarkDotNet.Attributes;
using Gdn.Harness.Engines.Cpu;
using Gdn.Harness.Engines.Reference;
using Gdn.Harness.Kernels.Cases;
using Gdn.Harness.Kernels.Checks;
using Gdn.Reference.Kernels;
using Gdn.Reference.Operators;

namespace Gdn.Benchmarks;

/// <summary>
/// The gated delta rule at the sizes of Qwen3-Next and Qwen3.5: 32 value heads, 16 key heads, 128 x 128 states. States
/// evolve in place; with unit keys, beta below 1 and gates below 0 they stay bounded however long that goes on.
/// For ratios with confidence intervals, and against ggml: <c>gdn-harness throughput --kernel</c>.
/// </summary>
[MemoryDiagnoser]
public class DeltaScanBenchmarks
{
    private readonly CpuKernelEngine _cpu = new();
    private readonly ReferenceKernelEngine _reference = new();
    private KernelData _data = null!;
    private float[] _pool = [], _output = [];
    private IPreparedKernel _prepared = null!;

    // 1x1: what every token of a single user costs. 8x1: eight users decode, 16 MiB of states. 1x512: a ubatch of a prompt.
    // 4x128: four prompts in one ubatch, which should cost no more.
    [Params("1x1", "8x1", "1x512", "4x128")]
    public string Shape { get; set; } = "";

    // KDA has 128 gates per head and token instead of one.
    [Params(false, true)]
    public bool Kda { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        int[] sizes = [.. Shape.Split('x').Select(int.Parse)];
        var rule = new DeltaRuleShape(sizes[1], KeyHeads: 16, ValueHeads: 32, KeyDim: 128, ValueDim: 128, Kda);
        var @case = new KernelCase(
            new KernelShape(rule, sizes[0], Planes: 0, HeadMap.Tiled, PoolRows: sizes[0]), InputRegime.SlowGates, Seed: 1);
        IReadOnlyList<KernelFinding> findings = KernelCheck.Run(_cpu, @case).Findings;
        if (findings.Count > 0) throw new InvalidOperationException(string.Join('\n', findings));

        _data = KernelData.Generate(@case);
        _pool = [.. _data.Pool];
        _output = new float[@case.Shape.ValueLength];
        _prepared = _cpu.Prepare(_data.Call(_pool, [], []));
    }

    [GlobalCleanup]
    public void CleanUp()
    {
        _prepared.Dispose();
        _cpu.Dispose();
    }

    [Benchmark(Baseline = true)]
    public void Reference() => _reference.Run(_data.Call(_pool, _output, []));

    [Benchmark]
    public void Cpu() => _prepared.Run();
}
