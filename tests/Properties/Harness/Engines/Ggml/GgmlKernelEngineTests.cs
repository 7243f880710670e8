using Gdn.Harness.Campaigns;
using Gdn.Harness.Cli;
using Gdn.Harness.Engines.Ggml;
using Gdn.Harness.Kernels.Calls;
using Gdn.Harness.Kernels.Cases;
using Gdn.Harness.Kernels.Checks;
using Gdn.Properties.Support;
using Gdn.Reference.Kernels;
using Gdn.Reference.Operators;
using Xunit;

namespace Gdn.Properties.Harness.Engines.Ggml;

/// <summary>The kernel of the real libggml passes the checks that ours do, so layouts are converted as they are.</summary>
public sealed class GgmlKernelEngineTests
{
    [GgmlFact]
    public void Run_RealLibrary_NoFinding()
    {
        using var engine = new GgmlKernelEngine(GgmlFactAttribute.Folder!);
        KernelCaseResults result = new KernelCaseRunner(Seed: 1, Cases: 1500) { MaxWork = 60_000 }.Run(engine);
        Assert.True(result.Failed == 0, string.Join("\n", result.Findings));
    }

    // Every way to lay out a call, with all sizes different; fewer tokens than snapshots as well.
    [GgmlFact]
    public void Run_EveryLayout_NoFinding()
    {
        using var engine = new GgmlKernelEngine(GgmlFactAttribute.Folder!);
        foreach (int planes in (int[])[0, 1, 2, 4])
            foreach (HeadMap map in Enum.GetValues<HeadMap>())
                foreach (bool perChannel in (bool[])[false, true])
                    foreach (int tokens in (int[])[1, 3, 5])
                    {
                        var rule = new DeltaRuleShape(tokens, KeyHeads: 2, ValueHeads: 6, KeyDim: 32, ValueDim: 32, perChannel);
                        var shape = new KernelShape(rule, Sequences: 4, planes, map, PoolRows: 7);
                        foreach (InputRegime regime in Enum.GetValues<InputRegime>())
                        {
                            KernelResult result = KernelCheck.Run(engine, new KernelCase(shape, regime, Seed: 9));
                            Assert.True(result.Findings.Count == 0, string.Join("\n", result.Findings));
                        }
                    }
    }

    [GgmlFact]
    public void Run_TwoThreads_SameBits()
    {
        KernelCase @case = KernelCase.Parse("slow-gates:T9,n3,Hk2,Hv6,K32,V32,tiled,head,p4,rows5:1");
        KernelData data = KernelData.Generate(@case);
        using var one = new GgmlKernelEngine(GgmlFactAttribute.Folder!);
        using var two = new GgmlKernelEngine(GgmlFactAttribute.Folder!, threads: 2);
        KernelRun expected = KernelRun.Execute(one, data), actual = KernelRun.Execute(two, data);
        foreach (KernelBuffer buffer in Enum.GetValues<KernelBuffer>())
            Assert.Equal(expected[buffer].ToArray(), actual[buffer].ToArray());
    }

    [GgmlFact]
    public void Supports_OnlySquareStates()
    {
        using var engine = new GgmlKernelEngine(GgmlFactAttribute.Folder!);
        KernelShape Shape(int keyDim, int valueDim) =>
            new(new DeltaRuleShape(1, 1, 1, keyDim, valueDim), Sequences: 1, Planes: 0, HeadMap.Tiled, PoolRows: 1);
        Assert.True(engine.Supports(Shape(33, 33)));
        Assert.False(engine.Supports(Shape(32, 16)));
    }

    [GgmlFact]
    public void Check_KernelAlone_RunsKernelCasesAndSaysThatSchedulesAreLeftOut()
    {
        string engine = $"ggml:{GgmlFactAttribute.Folder}";
        Tool.Result result = Tool.Run("check", "--engine", engine, "--cases", "30", "--shapes", "random", "--seed", "5");
        Assert.True(result.Exit == ExitCode.Clean, result.Output + result.Error);
        Assert.Contains($"schedules: left out, {engine} offers only a kernel", result.Output, StringComparison.Ordinal);
        Assert.Empty(result.Error);
        Assert.Equal(ExitCode.Usage, Tool.Run("bleed", "--engine", engine).Exit);
    }
}
