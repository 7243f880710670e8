using System.Globalization;
using Gdn.Harness.Bleed;
using Gdn.Harness.Divergence;
using Gdn.Harness.Metrics;
using Gdn.Harness.Reports;
using Gdn.Harness.Traffic;

namespace Gdn.Harness.Campaigns;

/// <summary>A row of the table while its rounds are played.</summary>
internal sealed class LiveBleedCell
{
    // A scenario that fails this often in a row will not do better.
    private const int FailuresMax = 3;

    private readonly int? _enough;
    private readonly bool _mayBeSkipped;
    private int _asked, _rounds, _dirty, _requests, _ties, _overlap, _failed, _failedInRow;
    private long _tokens, _rows;
    private bool _reached, _isTried;
    private string? _closed, _failure, _idle, _lack;
    private readonly List<string> _undecided = [];

    public LiveBleedCell(int slots, Scenario scenario, LiveBleedOptions options)
    {
        Slots = slots;
        Scenario = scenario;
        _asked = options.Rounds;
        _enough = options.DirtyEnough;
        _mayBeSkipped = options.SkipWhatServerLacks;
        if (options.Server.Info.Slots is { } available && available < slots)
            _closed = $"the server has {available} slots; start it with more (-np {slots})";
    }

    public int Slots { get; }

    public Scenario Scenario { get; }

    /// <summary>Whether its turn has come, or it is known why it never will.</summary>
    public bool IsRow => _isTried || _closed is not null;

    /// <summary>Whether a round was dirty.</summary>
    public bool IsDirty => _dirty > 0;

    /// <summary>Its turn has come: so many rounds are to be played.</summary>
    public void Ask(int rounds) => (_asked, _isTried) = (rounds, true);

    /// <summary>There is no time for more rounds than were played.</summary>
    public void Settle() => _asked = Math.Min(_asked, _rounds + _failed);

    /// <summary>Whether more rounds make sense.</summary>
    public bool IsOpen => _closed is null && !(_dirty >= _enough);

    /// <summary>How many times longer than usual answers have to be for the requests to be answered at the same time.</summary>
    public int Stretch { get; set; } = 1;

    /// <summary>The first round with a corrupted answer; of those with log-probabilities, which say more, where there is one.</summary>
    public RoundResult? FirstDirty { get; private set; }

    /// <summary>Whether a server faster than its clients was done before a round's requests met.</summary>
    public bool WasDoneTooSoon(RoundResult result) =>
        result is { Failure: null, IsDirty: false, Refused: null } && (result.IsOverTooSoon || result.Overlap < OverlapNeeded);

    /// <summary>Says why the rounds that are left, if any, are not played.</summary>
    public void Close(string reason)
    {
        if (_rounds < _asked) _closed ??= reason;
    }

    /// <summary>Says what the server would need for this scenario.</summary>
    public void CloseForLackOf(string reason) => _closed = _lack = reason;

    /// <summary>Counts a round.</summary>
    /// <returns>The same, with its number.</returns>
    public RoundResult Add(RoundResult result)
    {
        result = result with { Number = _rounds + _failed + 1 };
        _requests += result.Round.Requests.Count;
        _tokens += result.Tokens;
        _rows += result.Rows;
        _ties += result.Ties;
        _overlap = Math.Max(_overlap, result.Overlap);
        _undecided.AddRange(result.Undecided);
        _idle ??= result.Idle;
        if (Scenario is Scenario.Cache or Scenario.Speculation or Scenario.BusySlot or Scenario.SlotFiles) _lack ??= result.Idle;
        _reached |= result.Idle is null;
        if (result.IsDirty)
        {
            _dirty++;
            if (FirstDirty is null || (FirstDirty.Round.Candidates == 0 && result.Round.Candidates != 0)) FirstDirty = result;
        }

        // More rounds, or longer answers, would be refused as well.
        if (result.Refused is { } refused && result.Overlap < OverlapNeeded) _closed ??= refused.Cause(result.Overlap);

        if (result.Failure is null || result.IsDirty)
        {
            _rounds++;
            _failedInRow = 0;
            return result;
        }

        _failure ??= result.Failure;
        _failed++;
        if (++_failedInRow == FailuresMax) _closed = $"{_failed} rounds failed: {_failure}";
        return result;
    }

    /// <summary>The row.</summary>
    /// <param name="noise">How much the server's log-probabilities move anyway; null if it was not measured.</param>
    /// <param name="control">Whether a bleed would show; null if it was not tried.</param>
    public LiveBleedRow ToRow(NoiseFloor? noise, PositiveControl? control)
    {
        (Verdict verdict, string basis) = Judge(noise, control);
        var rate = new BinomialRate(_dirty, _rounds);
        return new LiveBleedRow(
            Slots, Scenario, verdict, _rounds, _dirty, rate.Low, rate.High, BinomialRate.Detectable(_rounds), _requests,
            _tokens, _rows, _ties, _undecided.Count, _overlap, basis)
        {
            IsSkipped = _mayBeSkipped && verdict == Verdict.Inconclusive && basis == _lack,
        };
    }

    // Prompts of several batches, and clients that leave at once, keep others from being answered at the same time.
    private int OverlapNeeded => Scenario is Scenario.LongPrompts or Scenario.Abort or Scenario.BusySlot ? Math.Min(Slots, 2) : Slots;

    private (Verdict, string) Judge(NoiseFloor? noise, PositiveControl? control)
    {
        if (_dirty > 0) return (Verdict.Dirty, Evidence.Reason(FirstDirty!));
        string? doubt = (control is { IsBlind: true } ? control.Blindness : null)
            ?? _closed
            ?? (_failed > 0 ? $"{_failed} rounds failed: {_failure}" : null)
            ?? (_rounds < _asked ? "not all rounds were run" : null)
            ?? (_undecided.Count > 0 ? _undecided[0] : null)
            ?? (!_reached ? _idle : null)
            ?? (_overlap < OverlapNeeded
                ? $"at most {_overlap} requests were answered at once; request longer answers with --tokens"
                : null)
            ?? (_rows == 0 ? "nothing could be compared" : null)
            ?? (noise is { IsExcessive: true }
                ? string.Create(
                    CultureInfo.InvariantCulture,
                    $"solo, the server moves its own log-probabilities by up to {noise.Largest:G2} nats, which hides smaller damage")
                : null);
        return doubt is not null
            ? (Verdict.Inconclusive, doubt)
            : (
                Verdict.Clean,
                $"a fault rate of {BinomialRate.Percent(BinomialRate.Detectable(_rounds))} would have been detected");
    }
}
