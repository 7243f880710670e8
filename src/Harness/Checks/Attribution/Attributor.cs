using System.Globalization;
using Gdn.Harness.Schedules;
using static System.FormattableString;

namespace Gdn.Harness.Checks.Attribution;

/// <summary>
/// Finds out which wrong state an engine has used, from nothing but its logits: tries every state that was around, as
/// <see cref="StateSuspects"/> lists them, wherever it may have entered (<see cref="UnseenTokens"/>), and takes the one whose
/// answers are what the engine answered.
/// </summary>
/// <remarks>
/// It explains the first wrong answer, and those after it up to the end of a block, by one state used in place of another before
/// one token. Wrong arithmetic, mixtures of several states, and wrong keys and values stay unexplained.
/// </remarks>
internal sealed class Attributor
{
    // An explanation leaves rounding errors, whose size is known for right states only: of wrong ones they may be larger, but
    // stay this small a part of the damage.
    private const double Rounding = 1e-3;

    // Where the damage itself is hardly more than rounding, what leaves more than this of it explains nothing.
    private const double Unexplained = 0.05;

    // One that leaves more than this is not even a guess.
    private const double Unrelated = 0.5;

    // Answers that must agree; one row of logits is telling enough, so these only tell one explanation from another.
    private const int MaxAnswers = 8;

    private static readonly StateParts[] AllParts = [StateParts.Both, StateParts.Delta, StateParts.Conv];

    private readonly record struct Answer(int Position, float[] Logits, double Allowed);

    private readonly record struct Trial(StateExplanation Explanation, double Residual);

    private readonly ModelCase _case;
    private readonly StateReplay _replay;
    private readonly TokenHistory _root = new();
    private readonly IReadOnlyList<OracleRow> _oracle;
    private readonly IReadOnlyList<EntryPoint> _entries;
    private readonly Dictionary<(int Step, int Sequence), StateSuspects> _suspects = [];
    private readonly Answer[] _answers;
    private readonly TokenHistory _history;
    private readonly int[] _tokens;
    private readonly RowOrigin _origin;
    private readonly double _damage, _allowed, _limit;
    private readonly bool _poisons;

    private Attributor(ModelCase @case, int wrong, CancellationToken cancellation)
    {
        _case = @case;
        _oracle = @case.OracleRows(cancellation);
        _origin = _oracle[wrong].Origin;
        _replay = new StateReplay(@case.Model.Exact);
        _entries = UnseenTokens.Before(
            @case.Schedule, _origin, _oracle.Take(wrong).Where(row => !row.IsRouterTie).Select(row => row.Origin));
        IReadOnlyList<LogitsRow> rows = @case.Rows(cancellation);
        IReadOnlyList<TokenHistory> histories = HistoryFollower.RowsOf(@case.Schedule, _root);
        int start = _origin.Position - _entries[0].Token;
        int[] answers = [.. Enumerable.Range(wrong, rows.Count - wrong)
            .Where(row => (rows[row].Origin.Step, rows[row].Origin.Sequence) == (_origin.Step, _origin.Sequence)
                && !_oracle[row].IsRouterTie)
            .TakeWhile(row => row == wrong || !new EntryPoint(
                _origin.Step, _origin.Sequence, rows[row].Origin.Position - start, rows[row].Origin.Position).IsBlockEnd)
            .Take(MaxAnswers)];
        _answers = [.. answers.Select(row => new Answer(rows[row].Origin.Position, rows[row].Logits, _oracle[row].Allowed))];
        _history = histories[answers[^1]];
        _tokens = _history.ToTokens();
        _damage = Distance(_oracle[wrong].Logits, rows[wrong].Logits);
        _allowed = _answers.Max(answer => answer.Allowed);
        _limit = Math.Min(Unexplained * _damage, Math.Max(_allowed, Rounding * _damage));
        _poisons = @case.Run(cancellation).Info.Capabilities.PoisonsFreeSlots;
    }

    /// <summary>Explains the first wrong answer of a case; null where none differs from the reference.</summary>
    public static StateAttribution? Explain(ModelCase @case, CancellationToken cancellation)
    {
        IReadOnlyList<LogitsRow> rows = @case.Rows(cancellation);
        IReadOnlyList<OracleRow> oracle = @case.OracleRows(cancellation);
        for (int row = 0; row < rows.Count; row++)
            if (!oracle[row].IsRouterTie && !(Distance(oracle[row].Logits, rows[row].Logits) <= oracle[row].Allowed))
                return new Attributor(@case, row, cancellation).Explain(cancellation);
        return null;
    }

    private StateAttribution Explain(CancellationToken cancellation)
    {
        if (!double.IsFinite(_damage)) return OfNoNumber();

        // The token and its run first; farther away only while nothing explains the answer.
        ILookup<bool, EntryPoint> entries = _entries.ToLookup(entry => IsOfRun(entry) && !IsMidRun(entry));
        List<Trial> trials =
        [
            .. entries[true].OrderBy(entry => entry.Position).SelectMany(entry => Trials(entry, cancellation)),
            .. _oracle.Where(row => row.Origin != _origin).Select(OfAnswer),
        ];
        foreach (EntryPoint entry in entries[false])
        {
            if (trials.Any(trial => trial.Residual <= _limit)) break;
            trials.AddRange(Trials(entry, cancellation));
        }

        // A first token alone may have no other state or answer to be explained by.
        double best = trials.Select(trial => trial.Residual).DefaultIfEmpty(double.PositiveInfinity).Min();
        var fit = new ExplanationFit(best, _damage);
        if (best <= _limit)
        {
            // Within what rounding explains, one is as good as the other.
            double asGood = Math.Min(_limit, best + _allowed);
            return new StateAttribution(
                true, [.. trials.Where(trial => trial.Residual <= asGood).Select(trial => trial.Explanation).Distinct()], fit);
        }

        if (_origin.Position == 0) return new StateAttribution(false, [], fit) { WithoutGuess = BeforeAnyState() };
        return new StateAttribution(
            false, best > Unrelated * _damage ? [] : [trials.First(trial => trial.Residual <= best).Explanation], fit);
    }

    private string BeforeAnyState() => "no state is involved yet: weights, head order or arithmetic"
        + (((DecodeStep)_case.Schedule.Steps[_origin.Step]).Runs.Count == 1 ? "" : ", or rows of the batch mixed up");

    private bool IsOfRun(EntryPoint entry) => (entry.Step, entry.Sequence) == (_origin.Step, _origin.Sequence);

    private bool IsMidRun(EntryPoint entry) => entry.IsBlockEnd && !(IsOfRun(entry) && entry.Position == _origin.Position);

    private IEnumerable<Trial> Trials(EntryPoint entry, CancellationToken cancellation)
    {
        if (!_suspects.TryGetValue((entry.Step, entry.Sequence), out StateSuspects? suspects))
            _suspects[(entry.Step, entry.Sequence)] = suspects = new StateSuspects(
                _case.Schedule, _root, entry.Step, entry.Sequence, _case.Model.Config.Vocabulary);
        foreach (CandidateState candidate in suspects.Before(entry.Token, IsMidRun(entry)))
        {
            foreach (StateParts parts in AllParts)
            {
                cancellation.ThrowIfCancellationRequested();
                if (_replay.IsSpent) yield break;
                yield return OfState(entry, candidate, parts);
            }
        }
    }

    private Trial OfState(EntryPoint entry, CandidateState candidate, StateParts parts)
    {
        TokenHistory own = _history.Back(_tokens.Length - entry.Position);
        int silent = _origin.Position - entry.Position;
        double[][] predicted = _replay.Answer(own, candidate.History, parts, _tokens.AsSpan(entry.Position), silent);
        string part = parts switch
        {
            StateParts.Delta => "S",
            StateParts.Conv => "conv window",
            _ => "state",
        };
        return new Trial(
            new StateExplanation(
                candidate.Cause,
                Invariant($"sequence {entry.Sequence}, at position {entry.Position}, continues from ")
                + string.Format(CultureInfo.InvariantCulture, candidate.Words, part),
                candidate.Donor),
            _answers.Max(answer => Distance(predicted[answer.Position - _origin.Position], answer.Logits)));
    }

    private StateAttribution OfNoNumber()
    {
        string who = Invariant($"sequence {_origin.Sequence}, at position {_origin.Position}, ");
        StateExplanation explanation = _poisons
            ? new StateExplanation(StateCause.MissingReset, who + "read a free slot, which holds NaN")
            : new StateExplanation(StateCause.None, who + "its answer is not a number");
        return new StateAttribution(_poisons, [explanation], Fit: null);
    }

    // Rows may be mixed up while every state is right.
    private Trial OfAnswer(OracleRow other)
    {
        bool own = other.Origin.Sequence == _origin.Sequence;
        string whose = own ? "its own token" : Invariant($"sequence {other.Origin.Sequence}");
        return new Trial(
            new StateExplanation(
                own ? StateCause.StaleState : StateCause.OtherSequence,
                Invariant($"sequence {_origin.Sequence}, at position {_origin.Position}, got the answer of {whose} ")
                + Invariant($"at position {other.Origin.Position}"),
                own ? null : other.Origin.Sequence),
            Distance(other.Logits, _answers[0].Logits));
    }

    private static double Distance(double[] expected, float[] actual)
    {
        double worst = 0;
        for (int v = 0; v < expected.Length; v++)
        {
            double distance = Math.Abs(expected[v] - actual[v]);
            if (double.IsNaN(distance)) return double.PositiveInfinity;
            worst = Math.Max(worst, distance);
        }

        return worst;
    }
}
