using Gdn.Harness.Schedules.Crossings;

namespace Gdn.Harness.Schedules.Generation;

/// <summary>
/// A planned batch: the watched row and those beside it do what a crossing says, after and before the operation that it says.
/// Nobody holds back: every sequence goes on afterwards, so that what went wrong shows.
/// </summary>
internal sealed class CrossingScene
{
    private readonly ScheduleDraft _draft;
    private readonly LongPrefix _prefix;
    private readonly Work _work;
    private readonly Work[] _others;
    private readonly Room _room;
    private readonly Held _held;
    private readonly Operation? _operation;
    private readonly int _place;
    private readonly int[] _rows;

    // As drawn: tokens of the watched row, its first position, drafts that it holds, and how many of them are rejected.
    private readonly int _tokens, _first, _drafts, _rejected;
    private int _watched, _kept;

    /// <summary>Draws what the crossing leaves open.</summary>
    public CrossingScene(ScheduleDraft draft, Crossing crossing, LongPrefix prefix)
    {
        _draft = draft;
        _prefix = prefix;
        _work = (Work)crossing[Axes.Work];
        _room = (Room)crossing[Axes.Room];
        _held = (Held)crossing[Axes.Held];
        _operation = Operation.Of(crossing[Axes.Operation]);
        _place = crossing[Axes.Place];
        _others = Others(crossing[Axes.Width], crossing.IsOpen(Axes.Beside) ? null : (Work)crossing[Axes.Beside]);
        _rows = new int[_others.Length];

        int least = CrossingRules.LeastRejected(_held), limit = draft.LimitAfter(draft.Planes);
        if (_held >= Held.Drafts)
        {
            int most = _held switch { Held.OneRejected => 1, Held.SomeRejected => Math.Min(3, limit), _ => limit };
            _rejected = least == 0 ? 0 : least + draft.Random.Next(Math.Max(1, most - least + 1));
            _drafts = Math.Max(1, _rejected) + draft.Random.Next(Math.Max(1, draft.Planes - Math.Max(1, _rejected)));
            if (Is(StateOperation.Rollback, isAfter: false, isOther: false)) _rejected = 1 + draft.Random.Next(Math.Min(_drafts, limit));
        }

        _tokens = TokensOf(_work);
        _first = IsPrompt(_work) ? 0 : First();
        if (IsPrompt(_work)) _tokens = PromptLength();
    }

    private static bool IsPrompt(Work work) => work <= Work.LongPrompt;

    private bool MustExist => !IsPrompt(_work) || _held != Held.Nothing || _operation is { IsAfter: false, IsOther: false };

    // Where a state is restored the sequence has gone on from there; else it arrives with its drafts.
    private int Arrival => IsPrompt(_work) ? 2 + _draft.Random.Next(3)
        : Is(StateOperation.Restore, isAfter: false, isOther: false) || _drafts == 0 ? _first
        : _first - (_drafts + 1 - _rejected);

    /// <summary>The planes that a crossing cannot do without.</summary>
    public static int PlanesFor(Crossing crossing)
    {
        int drafts = Math.Max(crossing[Axes.Work], crossing[Axes.Beside]) - (int)Work.Drafts + 1;
        var held = (Held)crossing[Axes.Held];
        if (held >= Held.Drafts) drafts = Math.Max(drafts, Math.Max(1, CrossingRules.LeastRejected(held)));
        if (Operation.Of(crossing[Axes.Operation]) is { Kind: StateOperation.Rollback }) drafts = Math.Max(drafts, 1);
        return 1 + Math.Max(0, drafts);
    }

    /// <summary>Tokens that lead to its place.</summary>
    public static int TokensBefore(Crossing crossing) =>
        crossing[Axes.Place] > Places.Block ? Places.BoundaryOf(crossing[Axes.Place]) : 0;

    /// <summary>Plays it.</summary>
    public void Play()
    {
        _watched = _draft.NewSequence();
        if (_operation is { Kind: StateOperation.Restore }) KeepOfAnother();
        if (MustExist) Arrive();
        for (int i = 0; i < _rows.Length; i++) _rows[i] = _draft.NewSequence();
        int waiting = _room == Room.Waiting || (_rows.Length == 0 && _operation is { IsOther: true }) ? _draft.NewSequence() : -1;
        int partner = _rows.Length > 0 ? _rows[0] : waiting;
        Begin(partner, waiting);
        if (MustExist) Hold();
        if (_operation is { IsAfter: false } before) Operate(before.Kind, before.IsOther ? partner : _watched, before.IsOther);
        Prepare(waiting);
        DecodeRows();
        if (_operation is { IsAfter: true } after) Operate(after.Kind, after.IsOther ? partner : _watched, after.IsOther);
        if (_draft.FreeSlots > 0 && _draft.OneIn(3)) _draft.Decode([_draft.NewSequence()], 1 + _draft.Random.Next(3));
        _draft.Decode(_draft.Shuffled(_draft.Live), 1);
        if (_operation is { Kind: StateOperation.Snapshot } && _draft.Snapshots is { Length: > 0 } kept)
        {
            _draft.Add(new RestoreStep(_draft.OneIn(2) ? _watched : _draft.Pick(_draft.Live), kept[^1]));
            _draft.Decode(_draft.Live, 1);
        }
    }

    private bool Is(StateOperation kind, bool isAfter, bool isOther) => _operation == new Operation(kind, isAfter, isOther);

    private Work[] Others(int count, Work? beside)
    {
        if (beside is not { } first) return [];
        bool alike = _draft.MustBeUniform || _draft.OneIn(4);
        return [first, .. Enumerable.Range(1, Math.Max(0, count - 1)).Select(_ => alike ? first : AnyWork())];
    }

    private Work AnyWork() => _draft.Random.Next(8) switch
    {
        0 => Work.ShortPrompt,
        1 => Work.Slice,
        2 or 3 or 4 => Work.OneToken,
        _ => _draft.Planes > 1 ? Work.Drafts + _draft.Random.Next(Math.Min(_draft.Planes - 1, Axes.MaxDrafts)) : Work.OneToken,
    };

    private int TokensOf(Work work) => work switch
    {
        Work.ShortPrompt => 2 + _draft.Random.Next(5),
        Work.LongPrompt => CrossingRules.LongPrompt + _draft.Random.Next(4),
        Work.Slice => _draft.Planes + 1 + _draft.Random.Next(4),
        _ => CrossingRules.LeastTokens(work),
    };

    private int PromptLength()
    {
        if (_place > Places.Elsewhere) return Math.Max(_work == Work.LongPrompt ? CrossingRules.LongPrompt : 2, EndOf(_tokens, isPrompt: true));
        return _work == Work.LongPrompt ? 20 + _draft.Random.Next(8) : 2 + _draft.Random.Next(8);
    }

    private int EndOf(int tokens, bool isPrompt)
    {
        int boundary = Places.BoundaryOf(_place);
        if (_work == Work.ShortPrompt) return boundary - 1 - _draft.Random.Next(2);
        if (_place == Places.Block && (isPrompt || _draft.OneIn(2))) boundary *= 1 + _draft.Random.Next(3);
        return Places.EndNear(boundary, tokens, _draft.Random);
    }

    // A first position that leaves room for what is held before, at the place.
    private int First()
    {
        int least = _held == Held.Prompt ? 2 : 1;
        if (_drafts > 0 && !Is(StateOperation.Restore, isAfter: false, isOther: false)) least = _drafts + 2 - _rejected;
        if (_place > Places.Elsewhere)
        {
            int first = EndOf(_tokens, isPrompt: false) - _tokens;
            return first >= least ? first : first + Places.BoundaryOf(Places.Block);
        }

        int elsewhere = least + _draft.Random.Next(4);
        while (!Places.Of(elsewhere, _tokens).Contains(Places.Elsewhere)) elsewhere++;
        return elsewhere;
    }

    private void KeepOfAnother()
    {
        int former = _draft.NewSequence();
        _draft.Decode([former], 1 + _draft.Random.Next(3));
        _kept = _draft.Keep(former);
        _draft.Add(new ClearStep(former));
    }

    private void Arrive()
    {
        int arrival = Math.Max(1, Arrival);
        // Longer than drafts: the end of a prompt.
        int last = _held == Held.Prompt ? Math.Min(_draft.Planes + 1, arrival) : 1;
        if (arrival > last) _prefix.Carry(_watched, arrival - last);
        _draft.Decode([_watched], last);
        if (Is(StateOperation.Restore, isAfter: false, isOther: false)) _kept = _draft.Keep(_watched);
    }

    // Those that go on in the planned batch, or wait.
    private void Begin(int partner, int waiting)
    {
        var begun = new List<int>();
        for (int i = 0; i < _rows.Length; i++)
            if (!IsPrompt(_others[i]) || (_rows[i] == partner && _operation is { IsAfter: false, IsOther: true })) begun.Add(_rows[i]);
        if (waiting >= 0) begun.Add(waiting);
        if (begun.Count > 0) _draft.Decode(begun, 1 + _draft.Random.Next(3));
    }

    // Alone, beside single tokens, or beside others' drafts, some of which are rejected too.
    private void Hold()
    {
        if (_drafts == 0) return;
        int[] others = [.. _draft.Live.Where(other => other != _watched)];
        bool alone = _draft.MustBeUniform || _draft.OneIn(3), drafting = _draft.OneIn(2);
        SequenceRun[] beside = alone ? [] : [.. others.Select(
            other => _draft.Run(other, drafting ? 1 + _draft.Random.Next(_draft.Planes) : 1))];
        _draft.Add(new DecodeStep([_draft.Run(_watched, _drafts + 1), .. beside]));
        foreach (int other in others)
            if (_draft.RollbackLimit(other) is > 0 and int limit && _draft.OneIn(2)) _draft.Add(new RollbackStep(other, 1 + _draft.Random.Next(limit)));
        if (_held > Held.Drafts) _draft.Add(new RollbackStep(_watched, _rejected));
    }

    private void Operate(StateOperation kind, int sequence, bool isOther)
    {
        switch (kind)
        {
            case StateOperation.Clear:
                _draft.Add(new ClearStep(sequence));
                break;
            case StateOperation.Copy:
                Copy(sequence, isOther);
                break;
            case StateOperation.Snapshot:
                _draft.Keep(sequence);
                break;
            case StateOperation.Restore:
                _draft.Add(new RestoreStep(sequence, _kept));
                break;
            case StateOperation.Rollback:
                if (isOther && _draft.RollbackLimit(sequence) == 0) _draft.Decode([sequence], _draft.Planes);
                if (_draft.RollbackLimit(sequence) is > 0 and int limit)
                    _draft.Add(new RollbackStep(sequence, isOther || _rejected == 0 ? 1 + _draft.Random.Next(limit) : Math.Min(limit, _rejected)));
                break;
            case StateOperation.Restart when isOther || _operation is { IsAfter: true }:
                _draft.Add(new DecodeStep([_draft.Run(sequence, 2 + _draft.Random.Next(2), restart: true)]));
                break;
            case StateOperation.Refusal:
                SequenceRun run = _draft.Run(sequence, 1 + _draft.Random.Next(2));
                _draft.Add(new RefusedStep([run with { Tokens = [.. run.Tokens, RefusedStep.NoToken] }]));
                break;
            default:
                // The watched row itself restarts.
                break;
        }
    }

    // Onto one that shall take part anyway, if there is one; the watched sequence goes on as either.
    private void Copy(int source, bool isOther)
    {
        int[] targets = [.. _draft.Live.Where(other => other != source && other != _watched)];
        bool isNew = targets.Length == 0 || (_draft.FreeSlots > 0 && _draft.OneIn(2));
        int row = isNew ? Array.FindIndex(_rows, other => !_draft.Live.Contains(other)) : -1;
        int target = !isNew ? _draft.Pick(targets) : row >= 0 ? _rows[row] : _draft.NewSequence();
        if (!_draft.Add(new CopyStep(source, target)) || isOther || !_draft.OneIn(2)) return;
        // Its fork takes its place.
        int place = Array.IndexOf(_rows, target);
        if (place >= 0) _rows[place] = _watched;
        _watched = target;
    }

    // Whatever has gone comes again; whoever is too many leaves.
    private void Prepare(int waiting)
    {
        int[] members = [_watched, .. _rows];
        foreach (int surplus in _draft.Live.Where(other => !members.Contains(other)))
            if (_room != Room.Waiting) _draft.Add(new ClearStep(surplus));
        for (int i = 0; i < _rows.Length; i++)
        {
            if (IsPrompt(_others[i]) || _draft.Position(_rows[i]) > 0) continue;
            _draft.Decode([_rows[i]], 1 + _draft.Random.Next(2));
        }

        if (_room == Room.Waiting && waiting >= 0 && !_draft.Live.Except(members).Any()) _draft.Decode([waiting], 1);
    }

    private void DecodeRows()
    {
        SequenceRun watched = _draft.Run(_watched, _tokens, restart: IsPrompt(_work) && _draft.Position(_watched) > 0);
        int length = watched.Tokens.Count, room = _draft.BatchRoom - length;
        var runs = new List<SequenceRun>();
        for (int i = 0; i < _rows.Length; i++)
        {
            // Everybody has at least a token.
            int most = Math.Max(1, room - (_rows.Length - 1 - i));
            int tokens = _draft.MustBeUniform ? length : Math.Min(TokensOf(_others[i]), most);
            runs.Add(_draft.Run(_rows[i], tokens, restart: IsPrompt(_others[i]) && _draft.Position(_rows[i]) > 0));
            room -= tokens;
        }

        // The slot that it left is dealt to the first that begins.
        runs.Insert(Is(StateOperation.Clear, isAfter: false, isOther: false) ? 0 : _draft.Random.Next(runs.Count + 1), watched);
        bool interleaved = runs.Count > 1 && _draft.OneIn(6);
        _draft.Add(new DecodeStep(runs, interleaved ? _draft.Interleaving(runs) : null, LastOnly: _draft.OneIn(6)));
    }
}
