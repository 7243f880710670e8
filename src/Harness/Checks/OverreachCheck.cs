using Gdn.Harness.Schedules;
using Gdn.Reference;
using Gdn.Reference.Batches;
using Gdn.Reference.Engines;
using static System.FormattableString;

namespace Gdn.Harness.Checks;

/// <summary>
/// A rollback further back than the last batch's states is refused, or right. After the schedule a sequence gets one more token, and
/// is then rolled back as far as the engine was made for. If it takes that, its next answer must be that of a sequence which never
/// had those tokens. Of engines that say that they refuse what they cannot do (<see cref="EngineCapabilities.RefusesDeeperRollbacks"/>).
/// </summary>
public sealed class OverreachCheck : IModelCheck
{
    // A sequence, its tokens with the one that is added, and how many of them are taken back.
    private readonly record struct Attempt(int Sequence, int[] Tokens, int Count)
    {
        public int[] Kept => Tokens[..^Count];
    }

    /// <inheritdoc/>
    public string Name => "overreach";

    /// <inheritdoc/>
    public CheckOutcome Run(ModelCase @case, CancellationToken cancellation)
    {
        Schedule schedule = @case.Schedule;
        if (AttemptAfter(@case) is not { } attempt) return CheckOutcome.NotApplicable;
        int next = (attempt.Tokens[^1] + 1) % @case.Model.Config.Vocabulary;
        Schedule longer = With(schedule, new SequenceRun(attempt.Sequence, attempt.Tokens[^1..]));
        if (ScheduleTracker.DropImpossible(longer, @case.Rules).Steps.Count < longer.Steps.Count) return CheckOutcome.NotApplicable;
        if (Answer(@case, longer, attempt, next, cancellation) is not { } actual) return CheckOutcome.NotApplicable;

        var plain = new Schedule(Slots: 1, Planes: 1, [.. @case.Rules.PartsOf(
            new DecodeStep([new SequenceRun(attempt.Sequence, [.. attempt.Kept, next])]))]);
        OracleRow expected = Oracle.Run(
            plain, @case.Model, @case.Capabilities, MeasuredNoise.Of(@case.Engine, @case.Model), cancellation)[^1];
        var comparison = new RowComparison(Name, schedule, Invariant(
            $"after one more token of sequence {attempt.Sequence}, a rollback of {attempt.Count}, which is taken, and another token"));
        comparison.AddWithin(expected, actual);
        return comparison.Outcome;
    }

    // The first sequence of which something would be left.
    private static Attempt? AttemptAfter(ModelCase @case)
    {
        Schedule schedule = @case.Schedule;
        var follower = new HistoryFollower(new TokenHistory());
        foreach (ScheduleStep step in schedule.Steps) follower.Apply(step);
        foreach (int sequence in follower.Live.Keys.Order())
        {
            int[] tokens = follower.Of(sequence).ToTokens();
            int count = Math.Min(schedule.Planes - 1, tokens.Length);
            if (count > @case.Capabilities.RollbackLimit(schedule.Planes, tokens: 1))
                return new Attempt(sequence, [.. tokens, tokens[^1]], count);
        }

        return null;
    }

    private static Schedule With(Schedule schedule, SequenceRun run) =>
        schedule with { Steps = [.. schedule.Steps, new DecodeStep([run])] };

    // The row of the token that follows the rollback; null where the engine refuses.
    private static LogitsRow? Answer(ModelCase @case, Schedule longer, Attempt attempt, int next, CancellationToken cancellation)
    {
        using IModelEngine engine = @case.Engine.Create(@case.Model.Options(longer.Slots, longer.Planes));
        EngineRun.Of(longer, engine, cancellation);
        try
        {
            engine.Rollback(attempt.Sequence, attempt.Count);
        }
        catch (Exception e) when (e is InputException or InvalidOperationException or EngineThrewException)
        {
            return null;
        }

        var origin = new RowOrigin(longer.Steps.Count, attempt.Sequence, attempt.Kept.Length, engine.SlotOf(attempt.Sequence));
        var row = new float[@case.Model.Config.Vocabulary];
        try
        {
            engine.Decode(new TokenBatch([new BatchToken(next, attempt.Sequence, attempt.Kept.Length, Output: true)]), row);
        }
        catch (Exception e) when (e is not (OperationCanceledException or EnvironmentException))
        {
            throw new EngineFailedException(longer.Steps.Count, nameof(IModelEngine.Decode), e);
        }

        return new LogitsRow(origin, row);
    }
}
