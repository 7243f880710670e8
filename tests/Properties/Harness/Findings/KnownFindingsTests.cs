using Gdn.Harness.Findings;
using Gdn.Harness.Schedules;
using Gdn.Reference;
using Xunit;

namespace Gdn.Properties.Harness.Findings;

public class KnownFindingsTests
{
    private static Finding Found(string fingerprint) => new("x", "play", "toy") { Fingerprint = fingerprint };

    [Fact]
    public void Parse_CommentsAndTrailingCommas_AreRead()
    {
        KnownFindings known = KnownFindings.Parse(
            "k.json",
            """
            // Of llama.cpp.
            { "known": [ { "fingerprint": "play/threw/copy", "reason": "issue 7" }, ] }
            """);
        Assert.Equal("issue 7", known.ReasonFor(Found("play/threw/copy")));
        Assert.Null(known.ReasonFor(Found("play/threw/copy+rollback")));
    }

    [Theory]
    [InlineData("", "k.json, line 1: it is not a list of known findings")]
    [InlineData("{}", "k.json, line 1: it is not a list of known findings: it lacks known")]
    [InlineData("""{"known":null}""", "k.json, line 1: known: it is not a list of known findings: it must not be null")]
    [InlineData("""{"known":[{"fingerprint":"a","reason":"b"},{"fingerprint":"c"}]}""", "k.json, line 1: known[1]: it is not a list of known findings: it lacks reason")]
    [InlineData("""{"known":[{"reason":"b"}]}""", "k.json, line 1: known[0]: it is not a list of known findings: it lacks fingerprint")]
    [InlineData("""{"known":[{"fingerprint":"a","reason":" "}]}""", "k.json: known[0].reason: it is empty")]
    [InlineData("""{"known":[null]}""", "k.json: known[0]: it is null")]
    [InlineData("""{"known":[{"fingerprint":1}]}""", "k.json, line 1: known[0].fingerprint: it is not a list of known findings: it is not what is expected here")]
    [InlineData("""{"known":[{"fingerprint":"a","raeson":"b"}]}""", "k.json, line 1: known[0].raeson: it is not a list of known findings: there is no field 'raeson'")]
    [InlineData("""{"known":[{"fingerprint":"a","reason":"b","reason":"c"}]}""", "k.json, line 1: known[0].reason: it is not a list of known findings: a field stands there twice")]
    [InlineData(
        """{"known":[{"fingerprint":"a","reason":"b"},{"fingerprint":"a","reason":"c"}]}""",
        "k.json: known[1].fingerprint: 'a' stands there twice")]
    public void Parse_Wrong_NamesEntryAndField(string json, string problem)
    {
        InputException e = Assert.Throws<InputException>(() => KnownFindings.Parse("k.json", json));
        Assert.StartsWith(problem, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
    }

    [Fact]
    public void Read_Missing_SaysSo()
    {
        InputException e = Assert.Throws<InputException>(() => KnownFindings.Read("/nowhere/k.json"));
        Assert.StartsWith("'/nowhere/k.json': it cannot be read (", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Add_SameFingerprint_IsOneFindingAndSavedOnce()
    {
        var saved = new List<string?>();
        var groups = new FindingGroups(new FindingPolicy
        {
            Known = new KnownFindings([new KnownFinding("a", "issue 7")]),
            MaxFindings = 2,
            Save = finding =>
            {
                saved.Add(finding.Fingerprint);
                return finding;
            },
        });
        foreach (string fingerprint in (string[])["a", "b", "b", "a", "b"])
        {
            Assert.False(groups.IsEnough);
            groups.Add(Found(fingerprint));
        }

        Assert.Equal(
            [("a", "issue 7", 1), ("b", null, 2)],
            groups.Findings.Select(finding => (finding.Fingerprint!, finding.KnownReason, finding.AlsoSeen)));
        Assert.Equal(["a", "b"], saved);
        groups.Add(Found("c"));
        Assert.True(groups.IsEnough);
    }

    [Fact]
    public void Fingerprint_OfASchedule_NamesCheckSymptomAndOperations()
    {
        var schedule = new Schedule(2, 2,
            [new DecodeStep([new SequenceRun(0, [1, 2])]), new RollbackStep(0, 1), new CopyStep(0, 1), new RollbackStep(1, 1)]);
        var finding = new Finding("differential-np2-7", "differential", "toy") { Np = 2, Symptom = "wrong logits" };
        Assert.Equal("differential/wrong-logits/copy+rollback", Fingerprint.Of(finding, schedule));
        Assert.Equal(
            "play/key-not-found-exception-in-copy/decode",
            Fingerprint.Of(
                finding with { Check = "play", Symptom = "KeyNotFoundException in Copy" },
                schedule with { Steps = [schedule.Steps[0]] }));
    }
}
