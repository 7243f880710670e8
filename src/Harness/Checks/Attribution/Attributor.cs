using System.Globalization;

namespace Gdn.Harness.Checks.Attribution;

/// <summary>
/// Finds out which wrong state an engine has used, from nothing but its logits: tries every state that was around, as
/// <see cref="StateSuspects"/> lists them, and takes the one whose answers come closest to what the engine answered.
/// </summary>
/// <remarks>
/// It explains the first wrong answer, by one state used in place of another before one token. Wrong arithmetic, mixtures of
/// several states, and wrong keys and values stay unexplained.
/// </remarks>
internal sealed class Attributor
{
    // How much of the damage an explanation may leave: a state that has nothing to do with it leaves about all.
    private const double Unexplained = 0.05;

    // One that leaves more than this is not even a guess.
    private const double Unrelated = 0.5;

    private readonly record struct Answer(int Token, float[] Logits);

    private readonly record struct Trial(StateExplanation Explanation, double Residual);

    private readonly StateReplay _replay;
    private readonly StateSuspects _suspects;
    private readonly IReadOnlyList<OracleRow> _oracle;
    private readonly Answer[] _answers;
    private readonly Answer _wrong;
    private readonly RowOrigin _origin;
    private readonly double _allowed, _damage;
    private readonly bool _poisons;

    private Attributor(ModelCase @case, int wrong, CancellationToken cancellation)
    {
        _oracle = @case.OracleRows(cancellation);
        OracleRow right = _oracle[wrong];
        _origin = right.Origin;
        _allowed = right.Allowed;
        _replay = new StateReplay(@case.Model.Exact);
        _suspects = new StateSuspects(@case.Schedule, _origin.Step, _origin.Sequence);
        _answers = [.. @case.Rows(cancellation)
            .Where(row => row.Origin.Step == _origin.Step && row.Origin.Sequence == _origin.Sequence)
            .Select(row => new Answer(row.Origin.Position - _suspects.Start.Length, row.Logits))];
        _wrong = _answers.Single(answer => answer.Token == _origin.Position - _suspects.Start.Length);
        _damage = Distance(right.Logits, _wrong.Logits);
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

        var trials = new List<Trial>();
        foreach (Trial trial in Trials())
        {
            cancellation.ThrowIfCancellationRequested();
            trials.Add(trial);
        }

        // A first token alone may have no other state or answer to be explained by.
        double best = trials.Select(trial => trial.Residual).DefaultIfEmpty(double.PositiveInfinity).Min();
        bool explained = best <= Math.Max(_allowed, Unexplained * _damage);
        if (!explained && best > Unrelated * _damage) return new StateAttribution(false, [], new ExplanationFit(best, _damage));
        // Within what rounding explains, one is as good as the other.
        IEnumerable<StateExplanation> explanations = trials
            .Where(trial => trial.Residual <= best + _allowed).Select(trial => trial.Explanation).Distinct();
        return new StateAttribution(
            explained, [.. explained ? explanations : explanations.Take(1)], new ExplanationFit(best, _damage));
    }

    private IEnumerable<Trial> Trials() =>
    [
        .. from token in (int[])[.. new[] { 0, _wrong.Token }.Distinct()]
           from candidate in _suspects.Before(token)
           from parts in (StateParts[])[StateParts.Both, StateParts.Delta, StateParts.Conv]
           select OfState(token, candidate, parts),
        .. _oracle.Where(row => row.Origin != _origin).Select(OfAnswer),
    ];

    private Trial OfState(int token, CandidateState candidate, StateParts parts)
    {
        Answer[] answers = [.. _answers.Where(answer => answer.Token >= token)];
        int[] tokens = [.. _suspects.Run.Tokens.Skip(token).Take(answers[^1].Token - token + 1)];
        double[][] predicted = _replay.Answer(
            _suspects.Start.Append(_suspects.Run.Tokens.Take(token)), candidate.History, parts, tokens);
        string part = parts switch
        {
            StateParts.Delta => "S",
            StateParts.Conv => "conv window",
            _ => "state",
        };
        return new Trial(
            new StateExplanation(
                candidate.Cause,
                FormattableString.Invariant(
                    $"sequence {_origin.Sequence}, at position {_suspects.Start.Length + token}, continues from ")
                + string.Format(CultureInfo.InvariantCulture, candidate.Words, part),
                candidate.Donor),
            answers.Max(answer => Distance(predicted[answer.Token - token], answer.Logits)));
    }

    private StateAttribution OfNoNumber()
    {
        string who = FormattableString.Invariant($"sequence {_origin.Sequence}, at position {_origin.Position}, ");
        StateExplanation explanation = _poisons
            ? new StateExplanation(StateCause.MissingReset, who + "read a free slot, which holds NaN")
            : new StateExplanation(StateCause.None, who + "its answer is not a number");
        return new StateAttribution(_poisons, [explanation], Fit: null);
    }

    // Rows may be mixed up while every state is right.
    private Trial OfAnswer(OracleRow other)
    {
        bool own = other.Origin.Sequence == _origin.Sequence;
        return new Trial(
            new StateExplanation(own ? StateCause.StaleState : StateCause.OtherSequence, FormattableString.Invariant(
                $"sequence {_origin.Sequence}, at position {_origin.Position}, got the answer of ")
                + FormattableString.Invariant(
                    $"{(own ? "its own token" : $"sequence {other.Origin.Sequence}")} at position {other.Origin.Position}"),
                own ? null : other.Origin.Sequence),
            Distance(other.Logits, _wrong.Logits));
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
