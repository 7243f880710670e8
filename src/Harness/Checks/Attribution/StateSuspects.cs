using Gdn.Harness.Schedules;
using static System.FormattableString;

namespace Gdn.Harness.Checks.Attribution;

/// <summary>
/// The states that were around, or could have been by a slip, when a sequence's answer went wrong: its own at other
/// times, other sequences', and those with tokens too many.
/// </summary>
internal sealed class StateSuspects : IStepVisitor
{
    // How far back others' states are tried: as many planes as engines keep, and more.
    private const int MaxBack = 8;

    private readonly record struct Past(int Sequence, TokenHistory History);

    private readonly TokenHistory _root = new();
    private readonly HistoryFollower _follower;
    private readonly List<Past> _past = [];
    private readonly List<SequenceRun> _fed = [];
    private readonly DecodeStep _step;
    private readonly HashSet<int> _broughtBack = [];

    /// <summary>Follows a schedule up to the batch with the wrong answer.</summary>
    /// <param name="schedule">The schedule.</param>
    /// <param name="step">The step of that batch.</param>
    /// <param name="sequence">Whose answer is wrong.</param>
    public StateSuspects(Schedule schedule, int step, int sequence)
    {
        _follower = new HistoryFollower(_root);
        for (int i = 0; i < step; i++) Follow(schedule.Steps[i]);
        _step = (DecodeStep)schedule.Steps[step];
        Run = _step.Runs.Single(run => run.Sequence == sequence);
        Start = _follower.Before(Run);
    }

    /// <summary>The tokens among whose answers the wrong one is.</summary>
    public SequenceRun Run { get; }

    /// <summary>What the sequence's state must have absorbed before them.</summary>
    public TokenHistory Start { get; }

    /// <summary>
    /// Candidates for the state before token <paramref name="index"/> of the run, likelier ones first; several may be the
    /// same state for different reasons.
    /// </summary>
    public IEnumerable<CandidateState> Before(int index)
    {
        TokenHistory own = Start.Append(Run.Tokens.Take(index));
        IEnumerable<CandidateState> all =
            [.. Zero(), .. OthersNow(), .. PastStates(own), .. Doubled(own), .. Mixed(own), .. Stale(own), .. OthersBefore()];
        return all.Where(candidate => candidate.History != own).DistinctBy(candidate => (candidate.History, candidate.Cause));
    }

    private IEnumerable<CandidateState> Zero()
    {
        yield return new CandidateState(StateCause.DroppedCarry, _root, "a {0} of zeros");
        if (_broughtBack.Contains(Run.Sequence))
            yield return new CandidateState(StateCause.MissingReset, _root, "the {0} of a slot never used");
    }

    private IEnumerable<CandidateState> OthersNow()
    {
        foreach ((int sequence, TokenHistory history) in _follower.Live)
            if (sequence != Run.Sequence) yield return Others(sequence, history);
        foreach (SequenceRun other in _step.Runs)
            if (other.Sequence != Run.Sequence)
                yield return Others(other.Sequence, _follower.Before(other).Append(other.Tokens));
    }

    // Planes of others, and what they will be in the midst of this batch.
    private IEnumerable<CandidateState> OthersBefore() => OthersNow().SelectMany(other =>
        Enumerable.Range(1, Math.Min(MaxBack, other.History.Length)).Select(count =>
            other with
            {
                History = other.History.Back(count),
                Words = $"{other.Words}, {Count(count)} before",
            }));

    // What extends its own state holds tokens that were taken back. What neither does that nor leads to its own was left
    // behind, by a sequence that is gone or by an earlier life.
    private IEnumerable<CandidateState> PastStates(TokenHistory own)
    {
        foreach (Past past in Enumerable.Reverse(_past))
        {
            if (own.Length > 0 && IsWithin(own, past.History))
            {
                for (TokenHistory tip = past.History; tip != own; tip = tip.Parent!)
                    yield return new CandidateState(
                        StateCause.AheadState, tip,
                        Invariant($"its own {{0}}, still with {Count(tip.Length - own.Length)} that were rolled back"));
            }
            else if (!IsWithin(past.History, own))
            {
                yield return Left(past);
            }
        }
    }

    private static IEnumerable<CandidateState> Doubled(TokenHistory own)
    {
        int[] tokens = own.ToTokens();
        return Enumerable.Range(1, tokens.Length).Select(count => new CandidateState(
            StateCause.AheadState, own.Append(tokens[^count..]), Invariant($"its own {{0}} with the last {Count(count)} twice")));
    }

    private IEnumerable<CandidateState> Mixed(TokenHistory own) => Enumerable.Reverse(_fed)
        .Where(other => other.Sequence != Run.Sequence && own.Length > 0)
        .Select(other => new CandidateState(
            StateCause.OtherSequence, own.Append(other.Tokens),
            Invariant($"its own {{0}} with {Count(other.Tokens.Count)} of sequence {other.Sequence}"), other.Sequence));

    private static IEnumerable<CandidateState> Stale(TokenHistory own) => Enumerable.Range(1, own.Length).Select(count =>
        new CandidateState(StateCause.StaleState, own.Back(count), Invariant($"its own {{0}} of {Count(count)} before")));

    private void Follow(ScheduleStep step)
    {
        step.Accept(this);
        _follower.Apply(step);
        foreach ((int sequence, TokenHistory history) in _follower.Live)
            if (!_past.Contains(new Past(sequence, history))) _past.Add(new Past(sequence, history));
    }

    void IStepVisitor.Visit(DecodeStep step) => _fed.AddRange(step.Runs);

    void IStepVisitor.Visit(CopyStep step) => _broughtBack.Add(step.Target);

    void IStepVisitor.Visit(RestoreStep step) => _broughtBack.Add(step.Sequence);

    void IStepVisitor.Visit(ClearStep step)
    {
    }

    void IStepVisitor.Visit(SnapshotStep step)
    {
    }

    void IStepVisitor.Visit(RollbackStep step)
    {
    }

    void IStepVisitor.Visit(RefusedStep step)
    {
    }

    private CandidateState Left(Past past)
    {
        if (past.Sequence == Run.Sequence)
            return new CandidateState(
                StateCause.MissingReset, past.History, Invariant($"the {{0}} that it left itself at position {past.History.Length}"));
        return _follower.Live.ContainsKey(past.Sequence)
            ? Others(past.Sequence, past.History)
            : new CandidateState(
                StateCause.MissingReset, past.History,
                Invariant($"the {{0}} that sequence {past.Sequence} left at position {past.History.Length}"), past.Sequence);
    }

    private static CandidateState Others(int sequence, TokenHistory history) =>
        new(StateCause.OtherSequence, history, Invariant($"the {{0}} of sequence {sequence} at position {history.Length}"), sequence);

    // Whether a state is the other, or the other with more tokens.
    private static bool IsWithin(TokenHistory inner, TokenHistory outer)
    {
        TokenHistory history = outer;
        while (history.Length > inner.Length) history = history.Parent!;
        return history == inner;
    }

    private static string Count(int tokens) => Invariant($"{tokens} {(tokens == 1 ? "token" : "tokens")}");
}
