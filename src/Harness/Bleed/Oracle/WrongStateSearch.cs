using Gdn.Harness.Checks.Attribution;
using Gdn.Harness.Schedules;
using Gdn.Optimized.Batching;
using Gdn.Reference.Engines;
using Gdn.Reference.State;
using static System.FormattableString;

namespace Gdn.Harness.Bleed.Oracle;

/// <summary>
/// Looks for the one wrong state that explains a wrong answer: whose, how old, which part of it, and before which token it was
/// taken up. First by the first wrong position alone, which tells most of them apart; the nearest then by all that count.
/// </summary>
/// <remarks>
/// Not found are mixtures of several states, wrong arithmetic, states of prompts that nobody knows of, and what goes wrong
/// again and again.
/// </remarks>
internal sealed class WrongStateSearch : IDisposable
{
    private readonly record struct Trial(Fit Fit, SlotSnapshot State, int Entry, string Words);

    // Nearest by the first wrong position, which are then tried on all.
    private const int Nearest = 32;

    // Positions that must be explained, where there are as many: another state may be wrong later.
    private const int Enough = 2;

    // Tokens before the first wrong position at which a state may have been taken up without showing at once.
    private const int MaxDelay = 7;

    // Prompts are read in pieces that end at multiples of this, and shortly before their end.
    private const int PieceTokens = 32, TailTokens = 4;

    private static readonly SequenceParts[] AllParts =
        [SequenceParts.Recurrent, SequenceParts.Everything, SequenceParts.Delta, SequenceParts.Conv, SequenceParts.Caches];

    private readonly OracleModel _model;
    private readonly Damage _damage;
    private readonly StateChains _chains;
    private readonly StateSplice _splice;
    private readonly StateTrials _trials;
    private readonly StateFormat _caches;
    private readonly double _limit;
    private readonly Func<bool> _isTimeUp;
    private readonly string _who;
    private readonly int _vocabulary;
    private readonly List<(Fit Fit, string Words)> _found = [];
    private readonly List<Trial> _nearest = [];

    private WrongStateSearch(
        OracleModel model, PlayedRound played, int target, bool isAlone, Damage damage, double limit, Func<bool> isTimeUp)
    {
        (_model, _damage, _limit, _isTimeUp) = (model, damage, limit, isTimeUp);
        _caches = played.Bound.Caches;
        _chains = new StateChains(played, target, isAlone);
        _splice = new StateSplice(model.Model.Config);
        _who = Invariant($"request {target}") + (isAlone ? ", alone," : "");
        _vocabulary = model.Model.Config.Vocabulary;
        EngineOptions options = model.Options(StateTrials.Lanes + 1);
        _trials = new StateTrials(model.Engine(_caches).Create(options), options.MaxBatchTokens, damage, limit);
    }

    /// <summary>Looks for it.</summary>
    /// <param name="model">The served weights.</param>
    /// <param name="played">The round.</param>
    /// <param name="target">The request whose answer is wrong.</param>
    /// <param name="isAlone">Whether the lone answer is meant.</param>
    /// <param name="damage">What is wrong with it.</param>
    /// <param name="limit">What may be left unexplained, in nats.</param>
    /// <param name="isTimeUp">Whether to end with what was found.</param>
    public static WrongStates Search(
        OracleModel model, PlayedRound played, int target, bool isAlone, Damage damage, double limit, Func<bool> isTimeUp)
    {
        using var search = new WrongStateSearch(model, played, target, isAlone, damage, limit, isTimeUp);
        search.Run();
        return new WrongStates(
            [.. search._found.Where(found => search.Explains(found.Fit)).OrderBy(found => found.Fit)
                .Select(found => new Explanation(found.Words + search.Extent(found.Fit), found.Fit.Residual))],
            search.Tried);
    }

    /// <summary>States tried.</summary>
    private int Tried { get; set; }

    /// <inheritdoc/>
    public void Dispose() => _trials.Dispose();

    private bool IsOver => _isTimeUp() || _found.Exists(found => Explains(found.Fit));

    private bool Explains(Fit fit) => fit.Explained >= Math.Min(Enough, _damage.End - _damage.First);

    private string Extent(Fit fit) => fit.Explained == _damage.End - _damage.First
        ? ""
        : Invariant($", which explains the first {fit.Explained} wrong tokens");

    // The token itself first; farther away only while nothing explains the answer.
    private void Run()
    {
        int row = _damage.Row, prompt = _damage.Reading.Answer.Prompt.Count;
        Try(row, endsOnly: false);
        if (IsOver) return;
        TryUnreset();
        for (int entry = row - 1; entry >= Math.Max(1, row - MaxDelay) && !IsOver; entry--)
        {
            TryFrozen(entry);
            Try(entry, endsOnly: true);
        }

        IEnumerable<int> pieces = Enumerable.Range(1, prompt - 1).Where(at => at % PieceTokens == 0).Reverse()
            .Prepend(prompt - TailTokens).Where(at => at > 0 && at < row - MaxDelay);
        foreach (int entry in pieces)
            if (!IsOver) Try(entry, endsOnly: true);
        for (int entry = row - 1; entry >= Math.Max(1, row - MaxDelay) && !IsOver; entry--) Try(entry, endsOnly: false);
    }

    private void Try(int entry, bool endsOnly)
    {
        var root = new TokenHistory();
        HashSet<TokenHistory> seen = [root.Append(_trials.Fed.Take(entry))];
        if (OwnBefore(entry) is not { } own) return;
        foreach (StateChain chain in _chains.Before(_trials.Fed, entry, _vocabulary))
        {
            if (_isTimeUp()) break;
            if (chain.Tokens.Length == 0) TryParts(own, null, entry, chain.Words(0));
            else
                _trials.Walk(chain.Tokens, endsOnly ? chain.Tokens.Length : chain.From, (length, state) =>
                {
                    if (seen.Add(root.Append(chain.Tokens.Take(length)))) TryParts(own, state, entry, chain.Words(length));
                    return !_isTimeUp();
                });
        }

        Refine();
    }

    private SlotSnapshot? OwnBefore(int entry)
    {
        SlotSnapshot? own = null;
        _trials.Walk(_trials.Fed.AsSpan(0, entry), entry, (_, state) =>
        {
            own = state;
            return false;
        });
        return own;
    }

    private void TryParts(SlotSnapshot own, SlotSnapshot? other, int entry, string whose)
    {
        foreach (SequenceParts parts in AllParts)
        {
            if (other is null && parts.HasFlag(SequenceParts.Caches)) continue;
            SlotSnapshot spliced = _splice.Of(own, other, parts);
            Tried++;
            _trials.Try(spliced, entry, isFirstOnly: true, fit => Keep(new Trial(fit, spliced, entry, Words(entry, parts, whose))));
        }
    }

    private void Keep(Trial trial)
    {
        _nearest.Add(trial);
        if (_nearest.Count < 2 * Nearest) return;
        _nearest.Sort((one, other) => one.Fit.CompareTo(other.Fit));
        _nearest.RemoveRange(Nearest, _nearest.Count - Nearest);
    }

    private void Refine()
    {
        _trials.Finish();
        foreach (Trial trial in _nearest.OrderBy(trial => trial.Fit).Take(Nearest))
            _trials.Try(trial.State, trial.Entry, isFirstOnly: false, fit => _found.Add((fit, trial.Words)));
        _trials.Finish();
        _nearest.Clear();
    }

    // One token that does not update the state is the state of a token before.
    private void TryFrozen(int entry)
    {
        if (OwnBefore(entry) is not { } own) return;
        for (int count = 2; count <= _damage.End - _damage.First && !_isTimeUp(); count++)
        {
            Tried++;
            _found.Add((
                _trials.Frozen(own, entry, count, _splice),
                $"{_who} has a state that is not updated by {OwnStates.Count(count)} from {Token(entry)} on"));
        }
    }

    // A sequence that starts on a slot without a reset: an engine with that very fault is given the state first.
    private void TryUnreset()
    {
        using IModelEngine engine = _model.Unreset(_caches).Create(_model.Options(1));
        using var answers = new StateTrials(engine, _model.Options(1).MaxBatchTokens, _damage, _limit);
        SlotSnapshot? nothing = null;
        answers.Walk(_trials.Fed.AsSpan(0, 1), 1, (_, state) =>
        {
            nothing = new SlotSnapshot(
                state.NextPosition, [.. state.Recurrent.Select(part => new float[part.Length])], [.. state.Attention]);
            return false;
        });
        foreach (StateChain chain in _chains.Before(_trials.Fed, 0, _vocabulary).Where(chain => chain.Tokens.Length > 0))
        {
            if (_isTimeUp()) break;
            _trials.Walk(chain.Tokens, chain.Tokens.Length, (length, state) =>
            {
                foreach (SequenceParts parts in (SequenceParts[])[SequenceParts.Recurrent, SequenceParts.Delta, SequenceParts.Conv])
                {
                    Tried++;
                    _found.Add((answers.Unreset(_splice.Of(nothing!, state, parts)), Words(0, parts, chain.Words(length))));
                }

                return true;
            });
        }
    }

    private string Words(int entry, SequenceParts parts, string whose)
    {
        string part = parts switch
        {
            SequenceParts.Conv => "conv windows",
            SequenceParts.Delta => "S",
            SequenceParts.Caches => "keys and values",
            SequenceParts.Everything => "state, keys, values and position",
            _ => "state",
        };
        return $"{_who} goes on, before {Token(entry)}, from the {part} of {whose}";
    }

    private string Token(int index)
    {
        int prompt = _damage.Reading.Answer.Prompt.Count;
        return index < prompt ? Invariant($"token {index} of its prompt") : Invariant($"token {index - prompt} of its answer");
    }
}
