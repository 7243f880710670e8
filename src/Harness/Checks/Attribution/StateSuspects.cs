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

    private readonly record struct Fed(SequenceRun Run, int LongestInBatch);

    private readonly TokenHistory _root;
    private readonly HistoryFollower _follower;
    private readonly int _vocabulary;
    private readonly List<Past> _past = [];
    private readonly List<Fed> _fed = [];
    private readonly DecodeStep _step;
    private readonly HashSet<int> _broughtBack = [];
    private readonly SequenceRun _run;
    private readonly TokenHistory _start;

    /// <summary>Follows a schedule up to a batch.</summary>
    /// <param name="schedule">The schedule.</param>
    /// <param name="root">The empty history.</param>
    /// <param name="step">The step of the batch.</param>
    /// <param name="sequence">Whose state goes wrong in it.</param>
    /// <param name="vocabulary">V.</param>
    public StateSuspects(Schedule schedule, TokenHistory root, int step, int sequence, int vocabulary)
    {
        (_root, _vocabulary) = (root, vocabulary);
        _follower = new HistoryFollower(root);
        for (int i = 0; i < step; i++) Follow(schedule.Steps[i]);
        _step = (DecodeStep)schedule.Steps[step];
        _run = _step.Runs.Single(run => run.Sequence == sequence);
        _start = _follower.Before(_run);
    }

    /// <summary>
    /// Candidates for the state before a token of the sequence's run, likelier ones first; several may be the same state for
    /// different reasons.
    /// </summary>
    /// <param name="token">Index of the token.</param>
    /// <param name="isBlockEnd">Whether only what a block may end with is asked for, and not what a batch may begin with.</param>
    public IEnumerable<CandidateState> Before(int token, bool isBlockEnd)
    {
        TokenHistory own = _start.Append(_run.Tokens.Take(token));
        IEnumerable<CandidateState> all = isBlockEnd
            ? [.. Zero(), .. OthersNow(token), .. PastStates(own), .. OwnStates.Stale(own)]
            :
            [
                .. Zero(), .. OthersNow(token), .. PastStates(own), .. OwnStates.Early(own, [.. _run.Tokens.Skip(token)]),
                .. OwnStates.Doubled(own), .. Mixed(own), .. OwnStates.Padded(own, Paddings(token), _vocabulary),
                .. OwnStates.Stale(own), .. OthersBefore(token), .. Gone(own),
            ];
        return all.Where(candidate => candidate.History != own).DistinctBy(candidate => (candidate.History, candidate.Cause));
    }

    private IEnumerable<CandidateState> Zero()
    {
        yield return new CandidateState(StateCause.DroppedCarry, _root, "a zero {0}");
        if (_broughtBack.Contains(_run.Sequence))
            yield return new CandidateState(StateCause.MissingReset, _root, "the {0} of a slot never used");
    }

    // Of a sequence in the same batch: before it, after it, and after as many of its tokens.
    private IEnumerable<CandidateState> OthersNow(int token)
    {
        foreach ((int sequence, TokenHistory history) in _follower.Live)
            if (sequence != _run.Sequence) yield return Others(sequence, history);
        foreach (SequenceRun other in _step.Runs)
        {
            if (other.Sequence == _run.Sequence) continue;
            TokenHistory before = _follower.Before(other);
            yield return Others(other.Sequence, before.Append(other.Tokens));
            if (token > 0 && token < other.Tokens.Count)
                yield return Others(other.Sequence, before.Append(other.Tokens.Take(token)));
        }
    }

    // Planes of others, and what they will be in the midst of this batch.
    private IEnumerable<CandidateState> OthersBefore(int token) => OthersNow(token).SelectMany(other =>
        Enumerable.Range(1, Math.Min(MaxBack, other.History.Length)).Select(count =>
            other with
            {
                History = other.History.Back(count),
                Words = $"{other.Words}, {OwnStates.Count(count)} before",
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
                {
                    int ahead = tip.Length - own.Length;
                    yield return new CandidateState(
                        StateCause.AheadState, tip,
                        $"its own {{0}}, still with {OwnStates.Count(ahead)} that {(ahead == 1 ? "was" : "were")} rolled back");
                }

                // What was restored begins like what was there before.
                if (_broughtBack.Contains(_run.Sequence) && past.Sequence == _run.Sequence && past.History != own)
                    yield return Left(past, own);
            }
            else if (!IsWithin(past.History, own))
            {
                yield return Left(past, own);
            }
        }
    }

    // What one that is gone held on its way, as in planes and checkpoints that nobody has cleared.
    private IEnumerable<CandidateState> Gone(TokenHistory own)
    {
        foreach (Past past in Enumerable.Reverse(_past))
        {
            if (_follower.Live.ContainsKey(past.Sequence) && past.Sequence != _run.Sequence) continue;
            for (TokenHistory history = past.History; history.Parent is { } before && !IsWithin(before, own); history = before)
                yield return Left(past with { History = before }, own);
        }
    }

    private IEnumerable<CandidateState> Mixed(TokenHistory own) => Enumerable.Reverse(_fed).Select(fed => fed.Run)
        .Where(other => other.Sequence != _run.Sequence && own.Length > 0)
        .Select(other => new CandidateState(
            StateCause.OtherSequence, own.Append(other.Tokens),
            Invariant($"its own {{0}} with {OwnStates.Count(other.Tokens.Count)} of sequence {other.Sequence}"), other.Sequence));

    // Padding comes after the run before, or before this one; in the midst of a run, where a pass may have ended.
    private IEnumerable<int> Paddings(int token) => token > 0
        ? OwnStates.Paddings(token, token)
        : _fed.Where(fed => fed.Run.Sequence == _run.Sequence).TakeLast(1).Append(FedIn(_step, _run))
            .SelectMany(fed => OwnStates.Paddings(fed.Run.Tokens.Count, fed.LongestInBatch));

    private static Fed FedIn(DecodeStep step, SequenceRun run) => new(run, step.Runs.Max(other => other.Tokens.Count));

    private void Follow(ScheduleStep step)
    {
        step.Accept(this);
        _follower.Apply(step);
        foreach ((int sequence, TokenHistory history) in _follower.Live)
            if (!_past.Contains(new Past(sequence, history))) _past.Add(new Past(sequence, history));
    }

    void IStepVisitor.Visit(DecodeStep step) => _fed.AddRange(step.Runs.Select(run => FedIn(step, run)));

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

    // Whoever goes on with a state of its own cannot lack a reset: it has taken up another's.
    private CandidateState Left(Past past, TokenHistory own)
    {
        if (past.Sequence == _run.Sequence)
            return new CandidateState(
                StateCause.MissingReset, past.History, Invariant($"the {{0}} that it left itself at position {past.History.Length}"));
        return _follower.Live.ContainsKey(past.Sequence)
            ? Others(past.Sequence, past.History)
            : new CandidateState(
                own.Length == 0 || _broughtBack.Contains(_run.Sequence) ? StateCause.MissingReset : StateCause.OtherSequence,
                past.History, Invariant($"the {{0}} that sequence {past.Sequence} left at position {past.History.Length}"), past.Sequence);
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
}
