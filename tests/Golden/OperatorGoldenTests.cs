using Gdn.Reference.Operators;
using Xunit;

namespace Gdn.Golden;

/// <summary>The reference operators, in double, against libggml.</summary>
public sealed class OperatorGoldenTests
{
    public static TheoryData<string> DeltaRules => OperatorGolden.Names("gated_delta_net");

    public static TheoryData<string> Convs => OperatorGolden.Names("ssm_conv");

    public static TheoryData<string> L2Norms => OperatorGolden.Names("l2_norm");

    public static TheoryData<string> RmsNorms => OperatorGolden.Names("rms_norm");

    [Theory, MemberData(nameof(DeltaRules))]
    public void DeltaRule_GgmlCase_OutputAndSnapshotsAgree(string name) =>
        Assert.All(OperatorGolden.DeltaRule(OperatorGolden.Vectors[name]), AssertAgrees);

    [Theory, MemberData(nameof(Convs))]
    public void CausalConv_GgmlCase_Agrees(string name) =>
        AssertAgrees(OperatorGolden.CausalConv(OperatorGolden.Vectors[name]));

    [Theory, MemberData(nameof(L2Norms))]
    public void L2Norm_GgmlCase_Agrees(string name) =>
        AssertAgrees(OperatorGolden.Norm(OperatorGolden.Vectors[name], (x, length, eps) => L2Norm.Run(x, length, eps)));

    [Theory, MemberData(nameof(RmsNorms))]
    public void RmsNorm_GgmlCase_Agrees(string name) =>
        AssertAgrees(OperatorGolden.Norm(
            OperatorGolden.Vectors[name],
            (x, length, eps) => RmsNorm.Run<double>(x, Enumerable.Repeat(1.0, length).ToArray(), eps, x)));

    private static void AssertAgrees(GoldenDeviation worst) => Assert.True(worst.Agrees, worst.ToString());
}
