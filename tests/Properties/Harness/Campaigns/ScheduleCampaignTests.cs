using Gdn.Harness.Campaigns;
using Gdn.Harness.Findings;
using Gdn.Harness.Reports;
using Gdn.Properties.Support;
using Gdn.Reference.Batches;
using Gdn.Reference.Engines;
using Xunit;

namespace Gdn.Properties.Harness.Campaigns;

public class ScheduleCampaignTests
{
    /// <summary>An engine that falls back says so in its counters, and the report shows it.</summary>
    [Fact]
    public async Task RunAsync_EngineCountsAFallback_IsReported()
    {
        var source = Counting(new EngineCounters { Batches = 2, Fallbacks = 1, PlanHits = 3, PlanMisses = 1 });
        Part part = await new ScheduleCampaign(new ScheduleOptions(source, SampleModels.Qwen35, Seed: 1, Cases: 3, Slots: [1, 2]))
            .RunAsync(new NoProgress(), CancellationToken.None);

        Table engine = part.Tables.Single(table => table.Name == "engine");
        Assert.Equal(
            ["6", "0", "3", "75%"], engine.Shown.Select(shown => Assert.Single(engine.Rows)[shown.Index].Text));
        Assert.True(engine.IsLine);
    }

    [Fact]
    public async Task RunAsync_EngineCountsNothing_IsSilent()
    {
        var source = Counting(default);
        Part part = await new ScheduleCampaign(new ScheduleOptions(source, SampleModels.Qwen35, Seed: 1, Cases: 1, Slots: [1]))
            .RunAsync(new NoProgress(), CancellationToken.None);
        Assert.Empty(part.Tables.Single(table => table.Name == "engine").Rows);
    }

    // Wrong after a copy, and lost in a restore.
    private static readonly DeviatingSource TwoFaults = new("two faults", engine => new WrongAfterCopy(engine));

    private static Task<Part> RunAsync(FindingPolicy policy) =>
        (new ScheduleCampaign(new ScheduleOptions(TwoFaults, SampleModels.Qwen35, Seed: 1, Cases: 64, Slots: [1, 2])) with
        {
            Policy = policy,
        }).RunAsync(new NoProgress(), CancellationToken.None);

    // Looked at by several tests, and never changed.
    private static readonly Lazy<Task<Part>> All = new(() => RunAsync(new FindingPolicy { MaxFindings = 1000 }));

    [Fact]
    public async Task RunAsync_MoreFindingsAskedFor_GoesOnAndGroupsThem()
    {
        Part one = await RunAsync(FindingPolicy.Default);
        Part all = await All.Value;

        Assert.Equal(32, CasesOf(one));
        Assert.Equal(64, CasesOf(all));
        Assert.Equal(all.Findings.Count, all.Findings.DistinctBy(finding => finding.Fingerprint).Count());
        Assert.Contains(all.Findings, finding => finding.AlsoSeen > 0);
        Assert.True(all.Findings.Count > 1, string.Join('\n', all.Findings.Select(finding => finding.Fingerprint)));
    }

    [Fact]
    public async Task RunAsync_KnownFindings_DoNotFailOrStopIt()
    {
        Part all = await All.Value;
        KnownFinding[] known = [.. all.Findings.Select(finding => new KnownFinding(finding.Fingerprint!, "issue 7"))];

        Part clean = await RunAsync(new FindingPolicy { Known = new KnownFindings(known) });
        Assert.Equal(Verdict.Clean, clean.Verdict);
        Assert.Equal(64, CasesOf(clean));
        Assert.All(clean.Findings, finding => Assert.Equal("issue 7", finding.KnownReason));
        Assert.Contains("in known ways", clean.Basis, StringComparison.Ordinal);

        // All but one: that one fails it.
        Part dirty = await RunAsync(new FindingPolicy { Known = new KnownFindings(known[1..]) });
        Assert.Equal(Verdict.Dirty, dirty.Verdict);
        Assert.Equal([known[0].Fingerprint], dirty.Findings.Where(finding => !finding.IsKnown).Select(finding => finding.Fingerprint));
    }

    private static int CasesOf(Part part)
    {
        Table table = part.Tables.Single(table => table.Name == "schedules").Only("schedules");
        return table.Rows.Sum(row => (int)row[0].Value!);
    }

    private sealed class WrongAfterCopy(IModelEngine inner) : ForwardingEngine(inner)
    {
        private bool _hasCopied;

        public override void Copy(int source, int target)
        {
            base.Copy(source, target);
            _hasCopied = true;
        }

        public override void Restore(int sequence, IStateSnapshot snapshot)
        {
            base.Restore(sequence, snapshot);
            throw new InvalidOperationException("no room");
        }

        public override void Decode(TokenBatch batch, Span<float> logits)
        {
            base.Decode(batch, logits);
            if (_hasCopied && logits.Length > 0) logits[0] += 100;
        }
    }

    private static DeviatingSource Counting(EngineCounters counters) =>
        new("counting", engine => new CountingEngine(engine, counters));

    // Whatever it does, it has counted this in each of its runs.
    private sealed class CountingEngine(IModelEngine inner, EngineCounters counters) : ForwardingEngine(inner)
    {
        public override EngineCounters Counters => counters;
    }
}
