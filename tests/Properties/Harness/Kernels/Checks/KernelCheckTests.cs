using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Gdn.Harness.Campaigns;
using Gdn.Harness.Engines.Cpu;
using Gdn.Harness.Engines.Reference;
using Gdn.Harness.Kernels.Bounds;
using Gdn.Harness.Kernels.Cases;
using Gdn.Harness.Kernels.Checks;
using Gdn.Reference;
using Gdn.Reference.Kernels;
using Gdn.Reference.Operators;
using Xunit;

namespace Gdn.Properties.Harness.Kernels.Checks;

public class KernelCheckTests
{
    private static readonly InputRegime[] Slow =
    [
        InputRegime.SlowGates, InputRegime.ConstantGates, InputRegime.ClusteredKeys, InputRegime.IdenticalKeys,
        InputRegime.OppositeKeys, InputRegime.OrthogonalKeys,
    ];

    public static TheoryData<string, int> CleanKernels => new()
    {
        { "reference", 600 },
        { "cpu", 600 },
        { "reassociated", 400 },
        { "chunked-16", 500 },
        { "chunked-64", 500 },
        { "bf16 state", 500 },
        { "bf16 inputs", 500 },
        { "f16 state and inputs, chunk 16", 500 },
    };

    [Theory]
    [MemberData(nameof(CleanKernels))]
    public void Run_HonestKernel_NoFinding(string name, int cases)
    {
        const double f32 = KernelPrecision.F32;
        using IKernelEngine engine = name switch
        {
            "reference" => new ReferenceKernelEngine(),
            "cpu" => new CpuKernelEngine(),
            "reassociated" => new ReassociatedKernel(),
            "chunked-16" => new ChunkedKernel(16),
            "chunked-64" => new ChunkedKernel(64),
            "bf16 state" => new EmulatedKernelEngine(new KernelPrecision(KernelPrecision.BF16, f32, f32)),
            "bf16 inputs" => new EmulatedKernelEngine(new KernelPrecision(f32, KernelPrecision.BF16, f32)),
            _ => new EmulatedKernelEngine(new KernelPrecision(KernelPrecision.F16, KernelPrecision.F16, f32, Chunk: 16)),
        };

        KernelCaseResults result = new KernelCaseRunner(Seed: 1, cases) { MaxWork = 60_000 }.Run(
            engine, cancellation: TestContext.Current.CancellationToken);

        Assert.True(result.Failed == 0, string.Join("\n", result.Findings));
        Assert.Equal(cases, result.Cases);
        Assert.All(result.Regimes.Values, regime => Assert.InRange(regime.Cases, cases / 9, cases / 9 + 1));
    }

    // In a block of one element an honest kernel's error can be any multiple of another's.
    [Theory]
    [InlineData("mixed-heads:T3,n2,Hk1,Hv1,K1,V1,tiled,head,p0,rows2:c94501db244ea705")]
    [InlineData("ggml-gates:T3,n1,Hk1,Hv1,K1,V1,tiled,head,p0,rows1:27110f4162688dec")]
    public void Run_BaselineExactByLuck_NoFinding(string @case)
    {
        using var engine = new CpuKernelEngine();

        Assert.Empty(KernelCheck.Run(engine, KernelCase.Parse(@case)).Findings);
    }

    [Theory]
    [InlineData("bf16-state")]
    [InlineData("f16-state")]
    [InlineData("bf16-inputs")]
    [InlineData("f16-inputs")]
    public void Run_UndeclaredPrecisionSlowGates_ExceedsBoundEveryTime(string mutant)
    {
        IKernelEngine engine = KernelMutants.All.Single(m => m.Name == mutant);
        KernelCaseSampler sampler = KernelCaseSampler.For(engine, maxWork: 60_000);
        for (int i = 0; i < 90; i++)
        {
            KernelCase @case = sampler.Draw(2, i);
            if (!Slow.Contains(@case.Regime)) continue;

            IReadOnlyList<KernelFinding> findings = KernelCheck.Run(engine, @case).Findings;

            Assert.True(findings.Any(f => f.Property == KernelProperty.ErrorBound), @case.ToString());
        }
    }

    // A split of F32 inputs into parts that together keep 18 bits: inside the error bound half of the time, and far
    // from what an honest kernel does.
    [Fact]
    public void Run_InputsOf18Bits_CaughtByBaselineWhereBoundIsTooWide()
    {
        var engine = new Undeclared("inputs-18", new KernelPrecision(KernelPrecision.F32, 1.0 / (1 << 18), KernelPrecision.F32));
        int byBound = 0, byBaseline = 0;
        KernelCaseSampler sampler = KernelCaseSampler.For(engine, maxWork: 60_000);
        for (int i = 0; i < 180; i++)
        {
            KernelCase @case = sampler.Draw(2, i);
            IReadOnlyList<KernelFinding> findings = KernelCheck.Run(engine, @case).Findings;
            if (findings.Any(f => f.Property == KernelProperty.ErrorBound)) byBound++;
            if (findings.Any(f => f.Property == KernelProperty.Baseline)) byBaseline++;
        }

        Assert.True(byBaseline > 150 && byBound < 130, $"baseline {byBaseline}, bound {byBound} of 180");
    }

    [Fact]
    public void Run_KernelThrows_IsAFindingWithTheMessage()
    {
        var engine = new RunMutant("crash", (_, _) => throw new InvalidOperationException("no such plan"));

        KernelFinding finding = Assert.Single(KernelCheck.Run(engine, Small(InputRegime.SlowGates)).Findings);

        Assert.Equal(KernelProperty.Returns, finding.Property);
        Assert.Equal("crash", finding.Engine);
        Assert.Equal("slow-gates:T3,n2,Hk1,Hv2,K4,V3,tiled,head,p2,rows3:2a", finding.Case.ToString());
        Assert.Equal("InvalidOperationException: no such plan", finding.Where);
    }

    [Fact]
    public void Run_OneWrongElement_FindingNamesItAndItsValues()
    {
        // Sequence 1, token 2, head 1, value 0: ((1 * 3 + 2) * 2 + 1) * 3.
        var engine = new RunMutant("off", (call, reference) =>
        {
            reference(call);
            call.Output[33] += 0.5f;
        });

        KernelFinding[] findings = [.. KernelCheck.Run(engine, Small(InputRegime.SlowGates)).Findings];

        KernelFinding finding = findings.First(f => f.Property == KernelProperty.ErrorBound);
        Assert.Equal("o[seq 1, t 2, h 1, v 0]", finding.Where);
        Assert.Equal(0.5, finding.Actual - finding.Expected, 1e-4);
        Assert.Equal(0.5, finding.Error, 1e-4);
        Assert.InRange(finding.Allowed, 1e-8, 1e-4);
    }

    [Fact]
    public void Run_NaNInOneSnapshot_IsNotFinite()
    {
        var engine = new RunMutant("nan", (call, reference) =>
        {
            reference(call);
            call.Snapshots[^1] = float.NaN;
        });

        KernelFinding[] findings = [.. KernelCheck.Run(engine, Small(InputRegime.SlowGates)).Findings];

        Assert.Contains(findings, f =>
            f.Property == KernelProperty.Finite && f.Where == "snapshot[plane 1, seq 1, h 1, k 3, v 2]");
    }

    public static TheoryData<string, string> Reads => new()
    {
        { "behind k", "holds what lies behind k" },
        { "in front of v", "holds what lies in front of v" },
        { "free row", "holds what lies in pool row 0, of no sequence" },
        { "snapshots", "holds what lay in snapshots before the call" },
        { "nothing", "never written" },
    };

    // What was read shows in the payload of the NaN that comes out.
    [Theory]
    [MemberData(nameof(Reads))]
    public void Run_ReadWhereNothingIs_FindingSaysWhatWasRead(string read, string holds)
    {
        var engine = new RunMutant("reads", (call, reference) =>
        {
            float before = read switch
            {
                "behind k" => Unsafe.Add(ref MemoryMarshal.GetReference(call.K), call.K.Length + 2),
                "in front of v" => Unsafe.Add(ref MemoryMarshal.GetReference(call.V), -1),
                "free row" => call.Pool[FreeRow(call) * call.Shape.Rule.StateLength],
                "snapshots" => call.Snapshots[5],
                _ => call.Output[33],
            };
            reference(call);
            call.Output[33] = read == "nothing" ? before : call.Output[33] + 0.5f * before;
        });

        KernelFinding finding = Assert.Single(
            KernelCheck.Run(engine, Small(InputRegime.SlowGates)).Findings, f => f.Property == KernelProperty.Finite);

        Assert.Equal(("o[seq 1, t 2, h 1, v 0]", holds), (finding.Where, finding.Holds));
    }

    [Theory]
    [InlineData(0, 2, "o[36..37] of 36, up to 2 elements behind its end")]
    [InlineData(-39, 1, "o[-3] of 36, up to 3 elements in front of it")]
    public void Run_WritesOutside_FindingSaysWhereAndHowFar(int from, int count, string where)
    {
        var engine = new RunMutant("writes", (call, reference) =>
        {
            reference(call);
            for (int i = 0; i < count; i++)
                Unsafe.Add(ref MemoryMarshal.GetReference(call.Output), call.Output.Length + from + i) = 7;
        });

        Assert.Equal(
            where,
            KernelCheck.Run(engine, Small(InputRegime.SlowGates)).Findings
                .First(f => f.Property == KernelProperty.StrayWrites).Where);
    }

    private static int FreeRow(in KernelCall call)
    {
        int row = 0;
        while (call.Rows.Contains(row)) row++;
        return row;
    }

    public static TheoryData<Exception> Refusals => new()
    {
        new InputException("call", "no plan for 4 rows", "pad"),
        new NotSupportedException("no plan for 4 rows"),
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public void Run_SupportedSizeIsRefused_IsAFinding(Exception refusal)
    {
        var engine = new RunMutant("refuses", (_, _) => throw refusal);

        KernelFinding finding = Assert.Single(KernelCheck.Run(engine, Small(InputRegime.SlowGates)).Findings);

        Assert.Equal((KernelProperty.Refused, "the call is refused: no plan for 4 rows"), (finding.Property, finding.Where));
    }

    private static KernelCase Small(InputRegime regime) => new(
        new KernelShape(new DeltaRuleShape(3, 1, 2, 4, 3), Sequences: 2, Planes: 2, HeadMap.Tiled, PoolRows: 3), regime, 42);
}
