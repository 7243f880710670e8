using Gdn.Harness.Checks;
using Gdn.Harness.Models;
using Gdn.Harness.Schedules;
using Gdn.Harness.Schedules.Coverage;
using Gdn.Harness.Schedules.Generation;
using Gdn.Properties.Support;
using Gdn.Reference.Batches;
using Gdn.Reference.Engines;
using Xunit;

namespace Gdn.Properties.Harness.Schedules.Generation;

/// <summary>Schedules, and all variants that checks make of them, hold only what the engine declares.</summary>
public class CapabilitiesTests
{
    private const int Schedules = 2000;

    private static readonly LoadedModel Model = LoadedModel.Load("synth:qwen35:1:tiny");

    private static readonly Dictionary<string, EngineCapabilities> Restrictions = new()
    {
        ["rollbacks"] = new() { Rollback = RollbackSupport.None },
        ["a second rollback after a batch"] = new() { Rollback = RollbackSupport.OncePerBatch },
        ["rollbacks of more than 1 tokens"] = new() { RollbackDepth = 1 },
        ["copies"] = new() { Copies = false },
        ["snapshots"] = new() { Snapshots = false },
        ["ragged batches"] = new() { RaggedBatches = BatchHandling.Refused },
        ["interleaved batches"] = new() { InterleavedBatches = BatchHandling.Refused },
        ["batches of more than 12 tokens"] = new() { MaxBatchTokens = 12 },
        ["sequences of more than 20 tokens"] = new() { MaxPositions = 20 },
    };

    // Batches and nothing else, and those in the plainest form.
    private static readonly EngineCapabilities Least = new()
    {
        Rollback = RollbackSupport.None,
        Copies = false,
        Snapshots = false,
        RaggedBatches = BatchHandling.Refused,
        InterleavedBatches = BatchHandling.Refused,
        MaxBatchTokens = 12,
        MaxPositions = 20,
    };

    public static TheoryData<string> Undeclared => [.. Restrictions.Keys];

    private static BatchLimits Limits(int i) => Model.Limits(1 + i % 8);

    private static IEnumerable<(Schedule Schedule, ScheduleRules Rules)> Generate(EngineCapabilities capabilities, int count)
    {
        ScheduleRules[] rules = [.. Enumerable.Range(0, 8).Select(i => new ScheduleRules(Limits(i), capabilities))];
        var source = new ScheduleSource(31, rules);
        return Enumerable.Range(0, count).Select(i => (source[i], rules[i % 8]));
    }

    [Theory]
    [MemberData(nameof(Undeclared))]
    public void Generate_NotDeclared_HoldsNothingOfIt(string undeclared)
    {
        EngineCapabilities capabilities = Restrictions[undeclared];
        var coverage = new ScheduleCoverage();
        int steps = 0;
        foreach ((Schedule schedule, ScheduleRules rules) in Generate(capabilities, Schedules))
        {
            schedule.Play(rules, new Guard(capabilities), TestContext.Current.CancellationToken);
            coverage.Add(schedule, rules);
            steps += schedule.Steps.Count;
        }

        Assert.Equal([undeclared], coverage.Undeclared);
        Assert.Empty(coverage.Unreached);
        Assert.True(steps > 8 * Schedules, $"only {steps} steps are left");
        // An engine that declares everything is given some of it, so the guard has something to see.
        Assert.Contains(Generate(new EngineCapabilities(), 200), made => Record.Exception(() => made.Schedule.Play(
            made.Rules, new Guard(capabilities), TestContext.Current.CancellationToken)) is NotSupportedException);
    }

    // What cannot be reached is not held against a run.
    [Theory]
    [InlineData("copies", "copies", "a fork beside its source")]
    [InlineData("snapshots", "a restore to another slot", "a snapshot restored twice")]
    [InlineData("rollbacks", "a rollback of 1", "a copy after a rollback")]
    [InlineData("ragged batches", "ragged batches", "prefill beside decode")]
    public void Coverage_NotDeclared_IsNeitherCountedNorMissed(string undeclared, params string[] states)
    {
        var coverage = new ScheduleCoverage();
        foreach ((Schedule schedule, ScheduleRules rules) in Generate(Restrictions[undeclared], 50)) coverage.Add(schedule, rules);
        Assert.All(states, state => Assert.DoesNotContain(state, coverage.Counts.Select(count => count.Key)));
        Assert.All(states, state => Assert.DoesNotContain(state, coverage.Unreached));
        foreach ((Schedule schedule, ScheduleRules rules) in Generate(new EngineCapabilities(), 50)) coverage.Add(schedule, rules);
        Assert.All(states, state => Assert.Contains(state, coverage.Counts.Select(count => count.Key)));
    }

    // Schedules that were made for an engine that can do everything, such as past failures.
    [Theory]
    [MemberData(nameof(Undeclared))]
    public void Under_NotDeclared_LeavesEveryTokenThatFits(string undeclared)
    {
        EngineCapabilities capabilities = Restrictions[undeclared];
        int cut = 0;
        foreach ((Schedule schedule, ScheduleRules all) in Generate(new EngineCapabilities(), 200))
        {
            var rules = new ScheduleRules(all.Limits, capabilities);
            Schedule played = schedule.Under(rules);
            played.Play(rules, new Guard(capabilities), TestContext.Current.CancellationToken);
            if (capabilities.MaxBatchTokens == int.MaxValue && capabilities.MaxPositions == int.MaxValue
                && capabilities.Copies && capabilities.Snapshots)
                Assert.Equal(schedule.TokenCount, played.TokenCount);
            if (!played.Steps.SequenceEqual(schedule.Steps)) cut++;
            Assert.Same(schedule.Steps[0], schedule.Under(all).Steps[0]);
            Assert.Equal(ScheduleText.Describe(schedule), ScheduleText.Describe(schedule.Under(all)));
        }

        Assert.True(cut >= 5, $"only {cut} schedules were changed");
    }

    [Fact]
    public void Generate_OnlyPlainBatches_HoldsThoseAlone()
    {
        foreach ((Schedule schedule, ScheduleRules rules) in Generate(Least, Schedules))
        {
            schedule.Play(rules, new Guard(Least), TestContext.Current.CancellationToken);
            Assert.All(schedule.Steps, step => Assert.True(step is DecodeStep or ClearStep or RefusedStep));
            Assert.NotEmpty(schedule.Steps);
        }
    }

    [Theory]
    [MemberData(nameof(Undeclared))]
    public void Check_EngineThatThrowsOnIt_IsClean(string undeclared) => AssertClean(Restrictions[undeclared]);

    [Fact]
    public void Check_EngineOfPlainBatches_IsClean() => AssertClean(Least);

    [Fact]
    public void Check_EngineThatTakesBackWholeBatches_IsAskedToAndIsClean()
    {
        int before = RestrictedEngine.WholeBatches;
        AssertClean(new EngineCapabilities { RollsBackWholeBatch = true });
        Assert.True(RestrictedEngine.WholeBatches > before, "no whole batch was taken back");
    }

    // The same engine, declaring what it throws on.
    [Fact]
    public void Check_EngineThatThrowsOnWhatItDeclares_IsNot()
    {
        var engine = new DeviatingSource(
            "liar", engine => new Liar(engine, new EngineCapabilities { Copies = false }));
        Assert.Contains(
            Generate(new EngineCapabilities(), 20),
            made => new PlayCheck().RunGuarded(new ModelCase(made.Schedule, engine, Model), CancellationToken.None).Discrepancy
                is { } found && found.Summary().Contains("a copy is not declared", StringComparison.Ordinal));
    }

    private static void AssertClean(EngineCapabilities capabilities)
    {
        var engine = new RestrictedFactory(capabilities);
        IModelCheck[] checks = [.. ModelChecks.All, new SoloCheck()];
        int rows = 0;
        foreach ((Schedule schedule, _) in Generate(capabilities, 24))
        {
            var @case = new ModelCase(schedule, engine, Model);
            foreach (IModelCheck check in checks)
            {
                CheckOutcome outcome = check.RunGuarded(@case, CancellationToken.None);
                Assert.True(outcome.Discrepancy is null, outcome.Discrepancy?.Summary());
                rows += outcome.Rows;
            }
        }

        Assert.True(rows > 2000, $"only {rows} rows compared");
    }

    private sealed class Liar(IModelEngine inner, EngineCapabilities capabilities) : ForwardingEngine(inner)
    {
        private readonly CapabilityGuard _guard = new(capabilities);

        public override void Copy(int source, int target)
        {
            _guard.Copy(target);
            base.Copy(source, target);
        }
    }

    private sealed class Guard(EngineCapabilities capabilities) : IScheduleTarget
    {
        private readonly CapabilityGuard _guard = new(capabilities);

        public void Begin(int step)
        {
        }

        public void Decode(TokenBatch batch) => _guard.Decode(batch);

        public void Clear(int sequence) => _guard.Clear(sequence);

        public void Copy(int source, int target) => _guard.Copy(target);

        public void Snapshot(int sequence, int snapshot) => _guard.Snapshot();

        public void Restore(int sequence, int snapshot) => _guard.Restore(sequence);

        public void Rollback(int sequence, int count) => _guard.Rollback(sequence, count);

        public void Refuse(TokenBatch batch)
        {
        }
    }
}
