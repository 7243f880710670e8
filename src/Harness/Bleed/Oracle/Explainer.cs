using System.Collections.Concurrent;
using System.Diagnostics;
using Gdn.Reference;
using Gdn.Reference.Engines;

namespace Gdn.Harness.Bleed.Oracle;

/// <summary>
/// Finds what explains a dirty round. Our own engine takes up single wrong states before the first wrong token
/// (<see cref="WrongStateSearch"/>), and plays the round again under each planted fault, up to a few tokens beyond that token. What
/// comes nearest to the server's log-probabilities is named.
/// </summary>
/// <remarks>
/// The server's passes are reconstructed, so even the right fault leaves something where they were others. Faults of drafts are
/// not tried.
/// </remarks>
internal sealed class Explainer
{
    private const int Shown = 3;

    // Answers whose single wrong state is looked for: the first may have more than one.
    private const int Victims = 3;

    // Of the time, for single wrong states.
    private const double StatesShare = 0.4;

    // One that leaves as much as no fault at all does not show in this round.
    private const double Idle = 1e-3;

    private readonly record struct Passes(int Tokens, int Shift);

    // Passes as in serve and in llama-server; tokens that come from one pass arrive in either order.
    private static readonly Passes Usual = new(128, 0);
    private static readonly Passes[] Others =
        [new(128, 1), new(128, -1), new(128, 2), new(128, -2), new(128, 3), new(512, 0), new(512, 1), new(128, 4), new(128, 5)];

    private readonly OracleModel _model;
    private readonly PlayedRound _played;
    private readonly int _slots, _target;
    private readonly bool _isAlone;
    private readonly OracleReading[] _judged;
    private readonly OracleReading _wrong;
    private readonly Damage _damage;
    private readonly double _limit;
    private readonly Stopwatch _watch = Stopwatch.StartNew();

    private Explainer(OracleModel model, PlayedRound played, int slots)
    {
        (_model, _played, _slots) = (model, played, slots);
        _isAlone = played.Alone.Any(reading => reading.Wrong is not null);
        _judged = [.. _isAlone ? played.Alone : played.Batched];
        _target = Enumerable.Range(0, _judged.Length).Where(i => _judged[i].Wrong is not null).MinBy(i => _judged[i].Wrong);
        _wrong = _judged[_target];
        if (_isAlone) _judged = [_wrong];
        _damage = new Damage(_wrong);
        _limit = Limit(_damage);
    }

    /// <summary>Explains a round.</summary>
    /// <param name="model">The served weights.</param>
    /// <param name="suspects">What to try, likelier ones first.</param>
    /// <param name="played">The round.</param>
    /// <param name="slots">Slots of the server.</param>
    /// <param name="limit">How long to try.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>Null where nothing is wrong by the reference.</returns>
    public static Explanations? Explain(
        OracleModel model, IReadOnlyList<Suspect> suspects, PlayedRound played, int slots, TimeSpan limit, CancellationToken cancellation) =>
        played.Alone.Concat(played.Batched).Any(reading => reading.Wrong is not null)
            ? new Explainer(model, played, slots).Explain([.. suspects.Where(suspect => suspect.FromSlots <= slots)], limit, cancellation)
            : null;

    private Explanations Explain(Suspect[] suspects, TimeSpan limit, CancellationToken cancellation)
    {
        WrongStates states = States(StatesShare * limit, cancellation);
        var residuals = new ConcurrentDictionary<Suspect, double>();
        Try(suspects.Select(suspect => (suspect, Usual)));
        int tried = residuals.Count;
        // Those that do something to these answers, in all ways of cutting the passes.
        Suspect[] active = [.. residuals.Where(entry => !(Math.Abs(entry.Value - _damage.Size) <= Idle * _damage.Size))
            .OrderBy(entry => entry.Value).Select(entry => entry.Key)];
        Try(Others.SelectMany(passes => active.Select(suspect => (suspect, passes))));
        // What explains hardly anything is no explanation.
        return new Explanations(
            [.. residuals.Where(entry => entry.Value < _damage.Size / 2).OrderBy(entry => entry.Value).Take(Shown)
                .Select(entry => new Explanation(entry.Key.Words, entry.Value))],
            _damage.Size, _limit, tried, suspects.Length - tried)
        {
            States = states.Nearest,
            StatesTried = states.Tried,
        };

        void Try(IEnumerable<(Suspect Suspect, Passes Passes)> trials) => Parallel.ForEach(
            trials,
            new ParallelOptions { CancellationToken = cancellation, MaxDegreeOfParallelism = Environment.ProcessorCount },
            trial =>
            {
                if (_watch.Elapsed > limit) return;
                double residual = Replay(trial.Suspect, trial.Passes, cancellation);
                residuals.AddOrUpdate(trial.Suspect, residual, (_, before) => Math.Min(before, residual));
            });
    }

    private double Replay(Suspect suspect, Passes passes, CancellationToken cancellation)
    {
        try
        {
            using IModelEngine engine = suspect.Engine().Create(_model.Options(_slots));
            var replay = new RoundReplay(engine, _slots, passes.Tokens, passes.Shift);
            // What those before have left may matter.
            foreach (ForcedAnswer before in _isAlone ? _played.Before[_target] : [_played.Alone[^1].Answer])
                replay.PlayAlone(before, cancellation);
            if (_isAlone) return Residual([replay.PlayAlone(_wrong.Answer, cancellation)]);
            return Residual(replay.Play(_played, _target, _damage.End, cancellation));
        }
        catch (InputException)
        {
            // A fault may lose count of positions, and refuse what follows.
            return double.PositiveInfinity;
        }
    }

    // The victims in the order in which they went wrong, until one is explained.
    private WrongStates States(TimeSpan limit, CancellationToken cancellation)
    {
        var found = new WrongStates([], 0);
        foreach (OracleReading reading in _judged.Where(reading => reading.Wrong is not null)
            .OrderByDescending(reading => reading == _wrong).ThenBy(reading => reading.Wrong).Take(Victims))
        {
            var damage = new Damage(reading);
            if (!damage.HasLogProbabilities) continue;
            double allowed = Limit(damage);
            int request = Array.IndexOf([.. _isAlone ? _played.Alone : _played.Batched], reading);
            WrongStates states = WrongStateSearch.Search(
                _model, _played, request, _isAlone, damage, allowed, () => _watch.Elapsed > limit || cancellation.IsCancellationRequested);
            found = new WrongStates(
                [.. states.Nearest.Take(Shown)], found.Tried + states.Tried);
            if (found.Nearest.Count > 0) break;
        }

        return found;
    }

    // Rounding, and a small part of the damage.
    private double Limit(Damage damage) => Math.Min(
        _played.Bound.Move(damage.Row + 1), Explanations.Unexplained * damage.Size);

    // Over the first wrong positions; what is right by the reference and wrong in the replay counts too.
    private double Residual(ForcedPosition?[][] replayed)
    {
        double squares = 0;
        for (int i = 0; i < _judged.Length; i++)
        {
            OracleReading reading = _judged[i];
            int end = reading == _wrong ? _damage.End : Math.Min(reading.Wrong ?? int.MaxValue, replayed[i].Length);
            for (int n = 0; n < end; n++)
                if (replayed[i][n] is { } position) squares += Damage.Square(reading, n, position);
                else if (reading == _wrong && n >= _damage.First) squares += Damage.Square(reading, n, reading.Positions[n]);
        }

        return _damage.Root(squares);
    }
}
