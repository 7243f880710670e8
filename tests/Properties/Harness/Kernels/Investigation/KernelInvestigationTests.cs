using Gdn.Harness.Campaigns;
using Gdn.Harness.Kernels.Cases;
using Gdn.Harness.Kernels.Checks;
using Gdn.Harness.Kernels.Investigation;
using Gdn.Properties.Harness.Kernels.Checks;
using Gdn.Reference;
using Gdn.Reference.Kernels;
using Xunit;

namespace Gdn.Properties.Harness.Kernels.Investigation;

/// <summary>What becomes of failing cases: flaky kernels, one finding for a bug, extents, neighbours.</summary>
public class KernelInvestigationTests
{
    private static KernelCaseResults Run(IKernelEngine engine, ulong seed = 3, int cases = 200) =>
        new KernelCaseRunner(seed, cases) { MaxWork = 20_000 }.Run(engine, cancellation: TestContext.Current.CancellationToken);

    // A case makes four calls, so which property fails first depends on where the wrong call falls.
    [Theory]
    [InlineData(1u)]
    [InlineData(2u)]
    [InlineData(3u)]
    public void Run_WrongNowAndThen_IsNotDeterministic(uint seed)
    {
        int calls = 0;
        var engine = new RunMutant("flaky", (call, reference) =>
        {
            reference(call);
            if (++calls % 60 == 0) call.Output[^1] += 1;
        });

        KernelFinding finding = Assert.Single(Run(engine, seed).Findings);

        Assert.Equal(KernelProperty.Determinism, finding.Property);
        Assert.InRange(finding.Instability!.Failed, 1, finding.Instability.Runs / 20);
        Assert.EndsWith("runs of the same call: not deterministic", finding.Instability.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, ", the first: not deterministic")]
    [InlineData(false, ", all but the first: not deterministic")]
    public void Run_FirstCallDiffers_FindingSaysSo(bool firstIsWrong, string evidence)
    {
        int calls = 0;
        var engine = new RunMutant("first", (call, reference) =>
        {
            reference(call);
            if ((calls++ == 0) == firstIsWrong) call.Output[^1] += 1;
        });

        KernelFinding finding = Assert.Single(Run(engine).Findings);

        Assert.Equal(KernelProperty.Determinism, finding.Property);
        Assert.EndsWith(evidence, finding.Instability!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Run_AlwaysWrong_IsOneClearFindingWithItsMistake()
    {
        KernelCaseResults result = Run(KernelMutants.All.Single(m => m.Name == "decay-after-update"));

        KernelFinding finding = result.Findings[0];
        Assert.All(result.Findings, other => Assert.Equal(finding.Case, other.Case));
        Assert.Null(finding.Instability);
        Assert.Equal("decay after the update", finding.Mistake);
        Assert.StartsWith($"{result.Failed - 1} other cases (", finding.OtherCases, StringComparison.Ordinal);
        Assert.True(finding.Ratio > 10, $"{finding.Error} is not far above {finding.Allowed}");
    }

    [Fact]
    public void Run_TwoBugs_AreTwoFindings()
    {
        var engine = new RunMutant("two", (call, reference) =>
        {
            if (call.Shape.Rule.KeyDim % 8 != 0) throw new InputException("call", "no plan", "pad");
            reference(call);
            if (call.Shape.Rule.Tokens > 1) call.Output[^1] += 1;
        });

        IReadOnlyList<KernelFinding> findings = Run(engine).Findings;

        Assert.Equal(2, findings.Select(finding => finding.Case).Distinct().Count());
        Assert.Contains(findings, finding => finding.Property == KernelProperty.Refused);
        Assert.Contains(findings, finding => finding.Property == KernelProperty.ErrorBound);
    }

    // As where pool rows are taken in order: with few rows to spare another sequence's state is read, with many nobody's.
    [Fact]
    public void Run_OneBugShowsInTwoWays_ClearerOneStandsForIt()
    {
        var engine = new LoadMutant("row-is-sequence-index", (call, n, state) =>
            call.Pool.Slice(n * state.Length, state.Length).CopyTo(state));
        foreach (ulong seed in new ulong[] { 1, 2, 3, 4, 5 })
        {
            KernelFinding finding = Run(engine, seed).Findings[0];
            Assert.StartsWith("holds what lies in pool row ", finding.Holds, StringComparison.Ordinal);
            Assert.NotNull(finding.OtherCases);
        }
    }

    [Fact]
    public void Run_SizesThatFail_AreToldFromThoseThatPass()
    {
        var engine = new RunMutant("odd", (call, reference) =>
        {
            reference(call);
            if (call.Shape.Rule.Tokens is > 2 and var tokens && tokens % 2 == 1) call.Output[^1] += 1;
        });

        KernelFinding finding = Run(engine).Findings[0];

        string line = Assert.Single(finding.Neighbours, line => line.StartsWith("T ", StringComparison.Ordinal));
        Assert.StartsWith("T 3, 5, 7, 9, 15", line, StringComparison.Ordinal);
        Assert.Contains("; 1, 2, 4, 8, 16, 32,", line, StringComparison.Ordinal);
        Assert.Single(finding.Neighbours);
    }

    [Fact]
    public void Run_PartOfAResultIsWrong_ExtentSaysWhich()
    {
        var engine = new RunMutant("part", (call, reference) =>
        {
            reference(call);
            KernelShape shape = call.Shape;
            for (int i = 0; i < call.Output.Length; i++)
                if (i / shape.Rule.ValueDim / shape.Rule.ValueHeads % shape.Rule.Tokens >= 6 && i / shape.Rule.ValueDim % shape.Rule.ValueHeads > 1)
                    call.Output[i] += 1 + i % shape.Rule.ValueDim;
        });

        KernelFinding finding = KernelCheck.Run(
            engine, KernelCase.Parse("slow-gates:T9,n2,Hk2,Hv4,K4,V3,tiled,head,p0,rows2:1")).Findings[0];

        Assert.Equal("o[seq 0, t 6, h 2, v 0]", finding.Where);
        Assert.Equal(
            "all 2 sequences, tokens 6..8 of 9, heads 2..3 of 4, all 3 value columns (36 of 216 elements)", finding.Extent!.ToString());
        Assert.NotEqual(finding.Where, finding.Worst);
    }

    // An error that has nearly gone is another one, or convinces nobody.
    [Theory]
    [InlineData(1e6, 200, true)]
    [InlineData(1e6, 50, false)]
    [InlineData(100, 11, true)]
    [InlineData(100, 2, false)]
    [InlineData(1.5, 1.3, true)]
    public void IsAsClear_RatioOfErrorToAllowed_DropsOnlySoFar(double original, double candidate, bool isAsClear)
    {
        KernelCase @case = KernelCase.Parse("slow-gates:T1,n1,Hk1,Hv1,K1,V1,tiled,head,p0,rows1:1");
        KernelFinding Of(double ratio) => new("mine", @case, KernelProperty.ErrorBound, "o", 1, 2, ratio, 1);
        Assert.Equal(isAsClear, KernelInvestigation.IsAsClear(Of(candidate), Of(original)));
        Assert.False(KernelInvestigation.IsAsClear(Of(candidate) with { Property = KernelProperty.Finite }, Of(original)));
    }
}
