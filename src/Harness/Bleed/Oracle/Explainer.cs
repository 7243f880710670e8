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
/// The server's passes are reconstructed, so even the right fault leaves something where they were others; drafts are played where
/// the server looks them up as this tool's own does.
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

    // Tokens that come from one pass arrive in either order.
    private static readonly PassTiming[] Others =
    [
        new(128, 1), new(128, -1), new(128, 2), new(128, -2), new(128, 3), new(512), new(512, 1), new(128, 4), new(128, 5),
    ];

    // By how much the passes of one request may be off after that.
    private static readonly int[] Moves = [1, -1, 2, -2, 3, -3];

    // A server notices some passes later that a client has left.
    private const int LongestDelay = 6;

    private readonly OracleModel _model;
    private readonly PlayedRound _played;
    private readonly int _slots, _target;
    private readonly bool _isAlone;
    private readonly OracleReading[] _judged;
    private readonly OracleReading _wrong;
    private readonly Damage _damage;
    private readonly double _limit;
    private readonly Lazy<EarlierPasses> _earlier;
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
        _earlier = new Lazy<EarlierPasses>(
            () => EarlierPasses.Before(played, slots, model.Model.Config.Vocabulary, CancellationToken.None));
    }

    /// <summary>Explains a round.</summary>
    /// <param name="model">The served weights.</param>
    /// <param name="suspects">What to try.</param>
    /// <param name="known">Those of them that explain other rounds; if one explains this as well, no others are tried.</param>
    /// <param name="played">The round.</param>
    /// <param name="slots">Slots of the server.</param>
    /// <param name="limit">How long to try.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>Null where nothing is wrong by the reference.</returns>
    public static Explanations? Explain(
        OracleModel model, IReadOnlyList<Suspect> suspects, IReadOnlyList<Suspect> known, PlayedRound played, int slots,
        TimeSpan limit, CancellationToken cancellation) =>
        played.Alone.Concat(played.Batched).Any(reading => reading.Wrong is not null)
            ? new Explainer(model, played, slots).Explain(suspects, known, limit, cancellation)
            : null;

    private Explanations Explain(
        IReadOnlyList<Suspect> all, IReadOnlyList<Suspect> known, TimeSpan limit, CancellationToken cancellation)
    {
        Suspect[] suspects = [.. all.Where(CanShow).OrderByDescending(suspect => suspect.NeedsCache || suspect.NeedsDrafts)];
        WrongStates states = States(StatesShare * limit, cancellation);
        PassTiming[] timings = Timings();
        var trials = new ConcurrentDictionary<Suspect, (double Residual, TimeSpan Cost, PassTiming Timing)>();
        Try(known.Select(suspect => (suspect, PassTiming.Usual)), untilExplained: false);
        Try(timings.SelectMany(timing => known.Select(suspect => (suspect, timing))), untilExplained: true);
        if (!IsExplained())
        {
            Try(suspects.Except(known).Select(suspect => (suspect, PassTiming.Usual)), untilExplained: false);
            // Those that do something to these answers, with all timings; the quick ones first.
            Suspect[] active = [.. trials.Where(trial => !(Math.Abs(trial.Value.Residual - _damage.Size) <= Idle * _damage.Size))
                .OrderBy(trial => trial.Value.Cost).Select(trial => trial.Key)];
            Try(timings.SelectMany(timing => active.Select(suspect => (suspect, timing))), untilExplained: true);
            // Then request by request, as long as one of them brings it nearer.
            if (!IsExplained()) MoveRequests(active);
        }

        // What explains hardly anything is no explanation.
        return new Explanations(
            [.. trials.Where(trial => trial.Value.Residual < _damage.Size / 2).OrderBy(trial => trial.Value.Residual).Take(Shown)
                .Select(trial => new Explanation(trial.Key.Words, trial.Value.Residual))],
            _damage.Size, _limit, trials.Count, IsExplained() ? 0 : suspects.Length - trials.Count)
        {
            States = states.Nearest,
            StatesTried = states.Tried,
        };

        bool IsExplained() => trials.Values.Any(trial => trial.Residual <= _limit);

        void Try(IEnumerable<(Suspect Suspect, PassTiming Timing)> candidates, bool untilExplained) => Parallel.ForEach(
            candidates,
            new ParallelOptions { CancellationToken = cancellation, MaxDegreeOfParallelism = Environment.ProcessorCount },
            candidate =>
            {
                if (_watch.Elapsed > limit || (untilExplained && IsExplained())) return;
                TimeSpan start = _watch.Elapsed;
                double residual = Replay(candidate.Suspect, candidate.Timing, cancellation);
                TimeSpan cost = _watch.Elapsed - start;
                trials.AddOrUpdate(
                    candidate.Suspect,
                    (residual, cost, candidate.Timing),
                    (_, before) => residual < before.Residual ? (residual, cost, candidate.Timing) : before);
            });

        void MoveRequests(Suspect[] active)
        {
            for (double before = double.PositiveInfinity, now = Sum(); now < before; (before, now) = (now, Sum()))
                foreach (int request in Timed())
                    foreach (int passes in Moves)
                        Try(active.Select(suspect => (suspect, trials[suspect].Timing.Moved(request, passes))), untilExplained: true);
        }

        double Sum() => trials.Values.Where(trial => double.IsFinite(trial.Residual)).Sum(trial => trial.Residual);
    }

    private bool CanShow(Suspect suspect) => suspect.FromSlots <= _slots
        && (!suspect.NeedsDrafts || _played.Drafts > 0)
        && (!suspect.NeedsCache || (!_isAlone && _played.Round.Requests.Any(request => request.Cache)));

    // Requests that started before anything was wrong, the last ones first: what they met is likeliest to matter.
    private IEnumerable<int> Timed() => _isAlone ? [] : Enumerable.Range(0, _played.Starts.Count)
        .Where(request => _played.Starts[request] is { Beside: { } beside } start && (beside != _target || start.Count <= _damage.End))
        .OrderByDescending(request => request);

    // Alone there is nothing to be timed.
    private PassTiming[] Timings() => _isAlone ? [] :
    [
        .. Enumerable.Range(1, Leaves ? LongestDelay : 0).Select(delay => PassTiming.Usual with { Delay = delay }),
        .. Others,
        .. Enumerable.Range(1, _slots - 1).Select(requests => PassTiming.Usual with { Requests = requests }),
    ];

    private bool Leaves => _played.Round.Requests.Any(request => request.Abort is not null);

    private double Replay(Suspect suspect, PassTiming timing, CancellationToken cancellation)
    {
        try
        {
            using IModelEngine engine = suspect.Engine().Create(_model.Options(_slots, _played.Drafts));
            if (suspect.KeepsPasses && !_isAlone) _earlier.Value.Run(engine, cancellation);
            var replay = new RoundReplay(engine, _slots, _played.Drafts, timing);
            // What those before have left may matter.
            if (_isAlone)
            {
                foreach (ForcedAnswer before in _played.Before[_target]) replay.PlayAlone(before, cancellation);
                return Residual([replay.PlayAlone(_wrong.Answer, cancellation)]);
            }

            for (int i = 0; i <= timing.Requests; i++) replay.PlayAlone(_played.Alone[^1].Answer, cancellation);
            foreach ((int slot, ForcedAnswer answer) in _played.Tenants.Where(tenant => tenant.Slot > 0))
                replay.PlayAlone(answer, cancellation, slot);
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
