using Gdn.Reference.Models;
using Gdn.Reference.Operators;
using Xunit;

namespace Gdn.Golden;

/// <summary>
/// The golden vectors can tell: each of the mistakes that real engines have made here is a disagreement in every case
/// that it touches.
/// </summary>
public sealed class GoldenSensitivityTests
{
    public static TheoryData<string> SharedKeyHeads =>
        [.. OperatorGolden.Of("gated_delta_net").Where(c => HeadMapsDiffer(c)).Select(c => c.Name)];

    public static TheoryData<string> OtherHeads =>
        [.. OperatorGolden.Of("gated_delta_net").Where(c => !HeadMapsDiffer(c)).Select(c => c.Name)];

    public static TheoryData<string> DeltaRules => OperatorGolden.Names("gated_delta_net");

    public static TheoryData<string> L2Norms => OperatorGolden.Names("l2_norm");

    public static TheoryData<string> HybridModels => [.. ModelGolden.Names.Where(name => name != "qwen3moe")];

    /// <summary>Hybrids with fewer key heads than value heads.</summary>
    public static TheoryData<string> SharedKeyHeadModels =>
        [.. ModelGolden.Names.Where(name => name is not ("qwen3moe" or "kimi-linear"))];

    [Theory, MemberData(nameof(SharedKeyHeads))]
    public void DeltaRule_GroupedInsteadOfTiledHeads_Disagrees(string name) =>
        Assert.All(OperatorGolden.DeltaRule(OperatorGolden.Vectors[name], HeadMap.Grouped), AssertDisagrees);

    /// <summary>The control: with one key head, or as many as value heads, the two maps are one.</summary>
    [Theory, MemberData(nameof(OtherHeads))]
    public void DeltaRule_GroupedHeadsWhereMapsCoincide_Agrees(string name) =>
        Assert.All(
            OperatorGolden.DeltaRule(OperatorGolden.Vectors[name], HeadMap.Grouped),
            worst => Assert.True(worst.Agrees, worst.ToString()));

    [Theory, MemberData(nameof(DeltaRules))]
    public void DeltaRule_DecayInsteadOfItsLogarithm_Disagrees(string name) =>
        Assert.All(OperatorGolden.DeltaRule(OperatorGolden.Vectors[name], gate: Math.Exp), AssertDisagrees);

    [Theory, MemberData(nameof(L2Norms))]
    public void L2Norm_EpsilonAsTheLeastNorm_Disagrees(string name) =>
        AssertDisagrees(OperatorGolden.Norm(OperatorGolden.Vectors[name], LeastNorm));

    [Theory, MemberData(nameof(L2Norms))]
    public void L2Norm_OtherEpsilon_Disagrees(string name) =>
        AssertDisagrees(OperatorGolden.Norm(
            OperatorGolden.Vectors[name],
            (x, length, eps) => L2Norm.Run(x, length, eps < 1e-4 ? 1e-3 : 1e-6)));

    [Fact]
    public void Model_OtherOutputGate_Disagrees() => AssertEveryPromptDisagrees("kimi-linear", config => config with
    {
        DeltaNet = config.DeltaNet! with { OutputGate = GateActivation.SiLU },
    });

    [Fact]
    public void Model_ExpertsBySoftmax_Disagrees() => AssertEveryPromptDisagrees("kimi-linear", config => config with
    {
        Experts = config.Experts! with { BySigmoid = false },
    });

    [Theory, MemberData(nameof(SharedKeyHeadModels))]
    public void Model_OtherHeadMap_Disagrees(string model) => AssertEveryPromptDisagrees(model, config => config with
    {
        DeltaNet = config.DeltaNet! with
        {
            HeadMap = config.DeltaNet.HeadMap == HeadMap.Tiled ? HeadMap.Grouped : HeadMap.Tiled,
        },
    });

    [Theory, MemberData(nameof(HybridModels))]
    public void Model_OtherEpsilon_Disagrees(string model) =>
        AssertEveryPromptDisagrees(model, config => config with { NormEpsilon = 1e-3 });

    [Fact]
    public void Comparison_NaN_Disagrees() =>
        AssertDisagrees(GoldenComparison.Absolute("case x[i]", [3], [1f, 2f, 3f], [1, double.NaN, 3], 1e3));

    [Fact]
    public void Comparison_OneBadElement_IsNamed()
    {
        GoldenDeviation worst = GoldenComparison.Relative(
            "case x[r,i]", [2, 2], [1f, 2f, 300f, 400f], [1.5, 2, 300, 400], 1e-3, 0);
        Assert.Equal(
            "case x[r,i][0,0] expected 1 actual 1.5 difference 0.5 allowed 0.002", worst.ToString());
        AssertDisagrees(worst);
    }

    private static void AssertEveryPromptDisagrees(string model, Func<ModelConfig, ModelConfig> fault)
    {
        ReferenceModel<double> faulty = ModelGolden.Make(model, fault);
        Assert.All(
            GoldenVectors.Load(model).Cases,
            golden => AssertDisagrees(ModelGolden.Compare(model, faulty, golden)));
    }

    private static bool HeadMapsDiffer(GoldenCase golden)
    {
        int keyHeads = golden.Shape("k")[2], valueHeads = golden.Shape("v")[2];
        return keyHeads > 1 && keyHeads < valueHeads;
    }

    // As llama.cpp had it until August 2026: x / max(|x|, eps).
    private static void LeastNorm(double[] x, int length, double eps)
    {
        for (int start = 0; start < x.Length; start += length)
        {
            Span<double> row = x.AsSpan(start, length);
            double norm = Math.Max(Math.Sqrt(Linear.Dot<double>(row, row)), eps);
            foreach (ref double entry in row) entry /= norm;
        }
    }

    private static void AssertDisagrees(GoldenDeviation worst) =>
        Assert.False(worst.Agrees, $"not noticed: {worst}");
}
