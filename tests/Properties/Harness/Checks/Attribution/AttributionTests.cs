using Gdn.Harness.Checks;
using Gdn.Harness.Checks.Attribution;
using Gdn.Harness.Engines;
using Gdn.Harness.Faults;
using Gdn.Harness.Models;
using Gdn.Harness.Schedules;
using Gdn.Properties.Support;
using Gdn.Reference.Engines;
using Xunit;

namespace Gdn.Properties.Harness.Checks.Attribution;

/// <summary>Wrong answers are traced to the state they come from; wrong arithmetic is not traced to any.</summary>
public class AttributionTests
{
    private static readonly LoadedModel Model = LoadedModel.Load("synth:qwen35:1:tiny");

    private static DecodeStep Decode(int sequence, params int[] tokens) => new([new SequenceRun(sequence, tokens)]);

    private static StateAttribution? Cause(string fault, int slots, int planes, params ScheduleStep[] steps)
    {
        using NamedEngine engine = EngineCatalog.Parse(fault);
        return Cause(engine, slots, planes, steps);
    }

    private static StateAttribution? Cause(IEngineFactory engine, int slots, int planes, params ScheduleStep[] steps) =>
        FindingCause.Of(
            new ModelCase(new Schedule(slots, planes, steps), engine, Model), new DifferentialCheck(), CancellationToken.None)?.State;

    [Fact]
    public void Explain_CleanEngine_NothingToExplain() =>
        Assert.Null(Cause("cpu+fault:none", 1, 2, Decode(0, 1, 2), new RollbackStep(0, 1), Decode(0, 3)));

    [Fact]
    public void Explain_SlotIsNotReset_NamesWhoLeftIt()
    {
        StateAttribution cause = Cause(
            "cpu+fault:slot-reuse-no-zero", 1, 1, Decode(4, 1, 2, 3), new ClearStep(4), Decode(7, 5))!;
        Assert.Equal(StateCause.MissingReset, cause.Cause);
        Assert.StartsWith(
            "sequence 7, at position 0, continues from the state that sequence 4 left at position 3 (residual ", cause.ToString(),
            StringComparison.Ordinal);
        Assert.Equal(4, cause.Donor);
        Assert.True(cause.Fit is { } fit && fit.Residual < 1e-4 * fit.Damage, cause.ToString());
    }

    [Fact]
    public void Explain_PlanOfOtherSlots_NamesTheDonorAndWhereItStands()
    {
        StateAttribution cause = Cause(
            "cpu+fault:gr-shape-key", 3, 1,
            new DecodeStep([new SequenceRun(0, [1]), new SequenceRun(1, [2]), new SequenceRun(2, [3])]),
            new DecodeStep([new SequenceRun(0, [4]), new SequenceRun(1, [5])]),
            new DecodeStep([new SequenceRun(1, [6]), new SequenceRun(2, [7])]))!;
        Assert.Equal(StateCause.OtherSequence, cause.Cause);
        Assert.StartsWith(
            "sequence 1, at position 2, continues from the state of sequence 0 at position 2 (", cause.ToString(),
            StringComparison.Ordinal);
        Assert.Equal(0, cause.Donor);
    }

    [Fact]
    public void Explain_WindowIsNotRolledBack_NamesThePartAndTheTokens() => Assert.StartsWith(
        "sequence 0, at position 3, continues from its own conv window, still with 2 tokens that were rolled back (",
        Cause(
            "cpu+fault:conv-plane-missing", 1, 4, Decode(0, 1), Decode(0, 2, 3, 4, 5), new RollbackStep(0, 2), Decode(0, 6))!
            .ToString(),
        StringComparison.Ordinal);

    [Fact]
    public void Explain_WrongArithmetic_IsNotExplained()
    {
        StateAttribution cause = Cause("cpu+fault:delta-decay-order", 1, 1, Decode(0, 1, 2), Decode(0, 3))!;
        Assert.False(cause.IsExplained);
        Assert.Null(cause.Donor);
        Assert.Equal(StateCause.None, cause.Cause);
        Assert.StartsWith("unexplained", cause.ToString(), StringComparison.Ordinal);
    }

    /// <summary>A first token alone: no other state was around, and no other answer. Its own state is not a lead.</summary>
    [Fact]
    public void Explain_NothingElseAround_IsNotExplained() => Assert.Equal(
        "no state is involved yet: weights, head order or arithmetic",
        Cause(new DeviatingSource("doubled", (_, logits, _) => logits[0] *= 2), 1, 1, Decode(0, 1))!.ToString());

    [Fact]
    public void Explain_FirstTokenBesideOthers_MayBeMixedUp() => Assert.Equal(
        "no state is involved yet: weights, head order or arithmetic, or rows of the batch mixed up",
        Cause(
            new DeviatingSource("doubled", (_, logits, _) => logits[0] *= 2), 2, 1,
            new DecodeStep([new SequenceRun(0, [1]), new SequenceRun(1, [2])]))!.ToString());

    // One shrunk schedule per fault, as they ship. Where a single state is to blame, it is named, or nothing is; where none is, none
    // is named.
    [Fact]
    public void Explain_PastFailures_NineCausesInTenAreNamedAndNoneWrongly()
    {
        const double share = 0.9;
        (string Id, StateCause Expected, StateAttribution? Found)[] results = [.. PastFailure.All
            .Select(past => (past.Id, FaultCatalog.Named(past.Id).Cause, Cause(past)))];
        Assert.Empty(results
            .Where(result => result.Found is { IsExplained: true } found && !found.Names(result.Expected))
            .Select(result => $"{result.Id}: {result.Found}"));
        var withCause = results.Where(result => result.Expected != StateCause.None).ToLookup(
            result => result.Found?.IsExplained == true, result => result.Id);
        int named = withCause[true].Count(), count = named + withCause[false].Count();
        Assert.True(count >= 20, $"only {count} past failures have a cause");
        Assert.True(named >= share * count, "not named: " + string.Join(", ", withCause[false]));
    }

    private static StateAttribution? Cause(PastFailure past)
    {
        using NamedEngine engine = EngineCatalog.Parse(past.Engine);
        return FindingCause.Of(
            new ModelCase(past.Read().Schedule, engine, past.Model), past.Check, CancellationToken.None)?.State;
    }
}
