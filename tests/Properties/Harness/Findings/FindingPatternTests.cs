using Gdn.Harness.Findings;
using Xunit;

namespace Gdn.Properties.Harness.Findings;

public sealed class FindingPatternTests
{
    private static Finding Of(string check, int np, string symptom) => new(check, check, "cpu") { Np = np, Symptom = symptom };

    [Fact]
    public void FindingsOfOneKind_AreOneLine() => Assert.Equal(
        ["wrong logits: 3 findings, from np 3 on, by solo, differential"],
        FindingPattern.Lines(
        [
            Of("solo", 4, "wrong logits"), Of("differential", 3, "wrong logits"), Of("solo", 5, "wrong logits"), Of("solo", 1, "it refused"),
        ]));

    /// <summary>Each has evidence of its own kind.</summary>
    [Fact]
    public void RoundsAndKernelCases_StandForThemselves()
    {
        Assert.Null(FindingPattern.GroupOf(Of("live-bleed", 3, "x") with { Scenario = "churn" }));
        Assert.Null(FindingPattern.GroupOf(Of("kernel", 3, "x") with { Case = "case" }));
        Assert.Empty(FindingPattern.Lines([Of("a", 3, "x") with { Scenario = "churn" }, Of("b", 3, "x") with { Scenario = "steady" }]));
    }
}
