using Gdn.Harness.Campaigns;
using Gdn.Harness.Engines.Cuda;
using Gdn.Harness.Kernels.Cases;
using Gdn.Harness.Engines;
using Gdn.Harness.Models;
using Gdn.Optimized.Cuda.Accelerators;
using Gdn.Properties.Support;
using Gdn.Reference.Batches;
using Gdn.Reference.Engines;
using Gdn.Reference.Kernels;
using Gdn.Reference.Operators;
using Gdn.Reference;
using Xunit;

namespace Gdn.Properties.Harness.Engines.Cuda;

/// <summary>The CUDA engine, its kernels on the CPU.</summary>
public class CudaEngineTests
{
    private const string Name = EngineCatalog.CudaOnCpu;

    // Every form that the engine declares, over all regimes.
    [Fact]
    public void Kernel_RandomCases_AreClean()
    {
        using var engine = new CudaKernelEngine(Name, Gpu.Emulated);
        KernelCaseResults result = new KernelCaseRunner(Seed: 1, 150) { MaxWork = 20_000 }
            .Run(engine, cancellation: TestContext.Current.CancellationToken);
        Assert.True(result.Failed == 0, string.Join("\n", result.Findings));
    }

    // Launched on the accelerator, whose threads take items in turn.
    [Fact]
    public void Kernel_OnTheAccelerator_IsClean()
    {
        using var gpu = Gpu.Emulate(isDirect: false);
        using var engine = new CudaKernelEngine(Name, gpu);
        KernelCaseResults result = new KernelCaseRunner(Seed: 2, 6) { MaxWork = 1000 }
            .Run(engine, cancellation: TestContext.Current.CancellationToken);
        Assert.True(result.Failed == 0, string.Join("\n", result.Findings));
    }

    [Fact]
    public void Kernel_WhoseScanReadsAnotherRow_IsFound()
    {
        using var engine = new Rerouted(new CudaKernelEngine(Name, Gpu.Emulated));
        KernelCaseResults result = new KernelCaseRunner(Seed: 1, 60) { MaxWork = 20_000 }
            .Run(engine, cancellation: TestContext.Current.CancellationToken);
        Assert.True(result.Failed > 0);
    }

    [Theory]
    [InlineData("synth:qwen35:1:small")]
    [InlineData("synth:kimi-linear:1:small")]
    public void Schedules_AreClean(string model) => Assert.Empty(
        Check(Name, model).Findings.Select(finding => finding.Summary));

    [Theory]
    [InlineData("gr-shape-key")]
    [InlineData("stale-column-zero")]
    public void Schedules_WithAPlantedFault_AreNot(string fault) =>
        Assert.NotEmpty(Check($"{Name}+fault:{fault}", "synth:qwen35:1:small").Findings);

    // What one device has exported another goes on from, and gives back as it was.
    [Fact]
    public void Snapshot_OfTheCpu_GoesThroughTheDevice()
    {
        EngineOptions options = SampleModels.Qwen35.Options(2, 2);
        using IModelEngine cpu = EngineCatalog.Parse("cpu").Create(options), cuda = EngineCatalog.Parse(Name).Create(options);
        int vocabulary = cpu.Info.Vocabulary;
        float[] Next(IModelEngine engine, int token, int position)
        {
            var logits = new float[vocabulary];
            engine.Decode(new TokenBatch([new BatchToken(token, 0, position, Output: true)]), logits);
            return logits;
        }

        Next(cpu, 1, 0);
        Next(cpu, 2, 1);
        IStateSnapshot snapshot = cpu.Snapshot(0);
        float[] expected = Next(cpu, 3, 2);
        cuda.Restore(0, snapshot);
        cpu.Restore(0, cuda.Snapshot(0));
        Assert.Equal(expected, Next(cpu, 3, 2));
    }

    // Timed by the device's clock, against the device's ceilings.
    [Fact]
    public void Kernel_Prepared_TellsWhatItTook()
    {
        var shape = new KernelShape(new DeltaRuleShape(2, 1, 1, 4, 4), Sequences: 1, Planes: 0, HeadMap.Tiled, PoolRows: 1);
        using var engine = new CudaKernelEngine(Name, Gpu.Emulated);
        var data = KernelData.Generate(new KernelCase(shape, InputRegime.SlowGates, Seed: 1));
        using IPreparedKernel prepared = engine.Prepare(data.Call(data.Pool, [], []));
        Assert.Null(prepared.DeviceSeconds);
        prepared.Run();
        Assert.True(prepared.DeviceSeconds >= 0);
        Assert.True(engine.Ceilings(1 << 20) is { BytesPerSecond: > 0, MultiplyAddsPerSecond: > 0 });
    }

    [Fact]
    public void Cuda_WithoutAGpu_SaysWhatToDo()
    {
        try
        {
            using IKernelEngine engine = EngineCatalog.Parse("cuda").CreateKernel();
        }
        catch (EnvironmentException error)
        {
            Assert.Contains("use cuda:cpu", error.Message, StringComparison.Ordinal);
            return;
        }

        Assert.False(Gpu.Cuda.IsEmulated);
    }

    [Theory]
    [InlineData("cuda+threads:2", "engine 'cuda+threads:2': '+threads:2' is not one of its variants; ")]
    [InlineData("cuda+fault:gate-space", "engine 'cuda+fault:gate-space': gate-space is planted into an engine of its own on the CPU; ")]
    [InlineData("cuda:gpu", "engine 'cuda:gpu': it does not exist; ")]
    public void Parse_NoSuchEngine_SaysWhat(string name, string message) =>
        Assert.StartsWith(message, Assert.Throws<InputException>(() => EngineCatalog.Parse(name)).Message);

    private static ScheduleResult Check(string name, string model) => new ScheduleCampaign(
        new ScheduleOptions(EngineCatalog.Parse(name), LoadedModel.Load(model), Seed: 7, Cases: 6, Slots: [1, 2, 3, 5]))
        .Run(null, TestContext.Current.CancellationToken);

    // Two sequences find each other's states.
    private sealed class Rerouted(CudaKernelEngine inner) : IKernelEngine
    {
        public string Name => "rerouted";

        public KernelPrecision Precision => inner.Precision;

        public bool Supports(in KernelShape shape) => inner.Supports(shape);

        public void Run(in KernelCall call)
        {
            int[] rows = call.Rows.ToArray();
            if (rows.Length > 1) (rows[0], rows[1]) = (rows[1], rows[0]);
            inner.Run(new KernelCall
            {
                Shape = call.Shape,
                Q = call.Q,
                K = call.K,
                V = call.V,
                G = call.G,
                Beta = call.Beta,
                Rows = rows,
                Pool = call.Pool,
                Output = call.Output,
                Snapshots = call.Snapshots,
            });
        }

        public void Dispose() => inner.Dispose();
    }
}
