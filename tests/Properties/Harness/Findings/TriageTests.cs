using Gdn.Harness.Checks;
using Gdn.Harness.Engines;
using Gdn.Harness.Findings;
using Gdn.Harness.Models;
using Gdn.Harness.Schedules;
using Xunit;

namespace Gdn.Properties.Harness.Findings;

/// <summary>Which of the failing cases are looked into.</summary>
public class TriageTests
{
    private static CaseResult Failing(NamedEngine engine, string schedule)
    {
        var check = new DifferentialCheck();
        var @case = new ModelCase(ScheduleFile.Parse("given", schedule).Schedule, engine, LoadedModel.Load("synth:qwen35:1:tiny"));
        Discrepancy seen = check.RunGuarded(@case, CancellationToken.None).Discrepancy!;
        return new CaseResult(@case, Rows: 1, Ties: 0, [new CheckFailure(check, seen)]);
    }

    /// <summary>Without time for all, it is spent on what may be new.</summary>
    [Theory]
    [InlineData("differential/missing-reset/clear+rollback", false)]
    [InlineData("recomputation/missing-reset/clear+rollback", true)]
    [InlineData("differential/missing-reset/clear", true)]
    public void Examine_TimeForOne_TakesWhatCannotBeKnown(string known, bool takesTheFirst)
    {
        using NamedEngine engine = EngineCatalog.Parse("cpu+fault:slot-reuse-no-zero");
        CaseResult[] results =
        [
            Failing(engine, "np 1, planes 2\ndecode seq 7: 1 2 3\nroll back 1 of seq 7\nclear seq 7\ndecode seq 8: 4"),
            Failing(engine, "np 1, planes 2\ndecode seq 0: 1 2 3\nclear seq 0\ndecode seq 1: 4"),
        ];
        var policy = new FindingPolicy { Known = new KnownFindings([new KnownFinding(known, "expected")]) };
        var triage = new Triage(policy, seed: 1, () => TimeSpan.FromTicks(-1));

        triage.Examine(results, kindOf: null, CancellationToken.None);

        Assert.Equal(takesTheFirst, Assert.Single(triage.Findings).Steps!.Any(step => step.Contains("seq 8", StringComparison.Ordinal)));
    }
}
