using Gdn.Reference.Engines;

namespace Gdn.Harness.Schedules.Generation;

/// <summary>A schedule in progress: the steps so far, what they have led to, and the source of randomness.</summary>
internal sealed class ScheduleDraft
{
    private readonly ScheduleRules _rules;
    private readonly ScheduleTracker _tracker;
    private readonly List<ScheduleStep> _steps = [];
    private readonly List<int> _gone = [];
    private int _nextSequence, _nextSnapshot;

    /// <summary>Starts with nothing.</summary>
    /// <param name="random">The source of randomness.</param>
    /// <param name="rules">What the schedule keeps to.</param>
    /// <param name="planes">P: states that the engine keeps per sequence after a batch.</param>
    /// <param name="tokenBudget">Tokens to decode, about.</param>
    public ScheduleDraft(SeededRandom random, ScheduleRules rules, int planes, int tokenBudget)
    {
        Random = random;
        _rules = rules;
        Planes = planes;
        TokensLeft = tokenBudget;
        _tracker = new ScheduleTracker(rules, planes);
    }

    /// <summary>The source of randomness.</summary>
    public SeededRandom Random { get; }

    /// <summary>P: states that the engine keeps per sequence after a batch.</summary>
    public int Planes { get; }

    /// <summary>What is left of the budget; the last batch may overdraw it.</summary>
    public int TokensLeft { get; private set; }

    /// <summary>How many steps there are.</summary>
    public int StepCount => _steps.Count;

    /// <summary>Existing sequences, ascending.</summary>
    public int[] Live => [.. _tracker.Live];

    /// <summary>Kept states, ascending.</summary>
    public int[] Snapshots => [.. _tracker.Snapshots];

    /// <summary>Slots that no sequence occupies.</summary>
    public int FreeSlots => _tracker.FreeSlots;

    /// <summary>Tokens that one batch may hold.</summary>
    public int BatchRoom => _rules.Limits.MaxBatchTokens;

    /// <summary>Whether the rows of a batch must be of one length.</summary>
    public bool MustBeUniform => _rules.Capabilities.RaggedBatches == BatchHandling.Refused;

    /// <summary>The schedule.</summary>
    public Schedule ToSchedule() => new(_rules.Limits.MaxSequences, Planes, _steps);

    /// <summary>A sequence that does not exist: mostly one that has never been, now and then one that is gone.</summary>
    public int NewSequence()
    {
        if (_gone.Count == 0 || !OneIn(4)) return _nextSequence++;
        int sequence = Pick(_gone);
        _gone.Remove(sequence);
        // A restore may have brought it back.
        return _tracker.Live.Contains(sequence) ? _nextSequence++ : sequence;
    }

    /// <summary>The position of the sequence's next token.</summary>
    public int Position(int sequence) => _tracker.NextPosition(sequence);

    /// <summary>How many tokens of the sequence can be rolled back.</summary>
    public int RollbackLimit(int sequence) => _tracker.RollbackLimit(sequence);

    /// <summary>How many tokens of a sequence could be rolled back after a row of so many.</summary>
    public int LimitAfter(int tokens) => _rules.Capabilities.RollbackLimit(Planes, tokens);

    /// <summary>True once in that many draws, on average.</summary>
    public bool OneIn(int draws) => Random.Next(draws) == 0;

    /// <summary>One of the values.</summary>
    public int Pick(IReadOnlyList<int> values) => values[Random.Next(values.Count)];

    /// <summary>The values in random order.</summary>
    public int[] Shuffled(IEnumerable<int> values)
    {
        int[] shuffled = [.. values];
        Random.Shuffle<int>(shuffled);
        return shuffled;
    }

    /// <summary>Random tokens for a sequence: as many as fit; a sequence that can grow no further starts afresh.</summary>
    public SequenceRun Run(int sequence, int length, bool restart = false)
    {
        restart |= Position(sequence) >= _rules.Limits.MaxPositions;
        int room = _rules.Limits.MaxPositions - (restart ? 0 : Position(sequence));
        var tokens = new int[Math.Min(length, Math.Min(room, _rules.Limits.MaxBatchTokens))];
        for (int i = 0; i < tokens.Length; i++) tokens[i] = Random.Next(_rules.Limits.Vocabulary);
        return new SequenceRun(sequence, tokens, restart);
    }

    /// <summary>A random interleaving of runs.</summary>
    public int[] Interleaving(IReadOnlyList<SequenceRun> runs) =>
        Shuffled(runs.SelectMany((run, index) => Enumerable.Repeat(index, run.Tokens.Count)));

    /// <summary>Adds an operation; one that is not possible here, or not declared, is left out.</summary>
    /// <returns>Whether it was added.</returns>
    public bool Add(ScheduleStep step)
    {
        if (!_tracker.TryApply(step)) return false;
        _steps.Add(step);
        return true;
    }

    /// <summary>Releases a sequence.</summary>
    public void Add(ClearStep step)
    {
        if (_tracker.Live.Contains(step.Sequence)) _gone.Add(step.Sequence);
        Add((ScheduleStep)step);
    }

    /// <summary>Adds a batch, in several parts where the engine does not take it in one; what is not possible is left out.</summary>
    /// <returns>Whether anything was added.</returns>
    public bool Add(DecodeStep batch)
    {
        bool added = false;
        foreach (DecodeStep part in _rules.PartsOf(batch))
        {
            if (!Add((ScheduleStep)part)) continue;
            TokensLeft -= part.TokenCount;
            added = true;
        }

        return added;
    }

    /// <summary>Decodes the same number of tokens for each of the sequences.</summary>
    public bool Decode(IEnumerable<int> sequences, int length) =>
        Add(new DecodeStep([.. sequences.Select(sequence => Run(sequence, length))]));

    /// <summary>Decodes a prompt of one sequence beside a token of each of the others.</summary>
    public bool DecodeBeside(int sequence, int length, IEnumerable<int> others) => DecodeBeside(Run(sequence, length), others);

    /// <summary>Decodes a run beside a token of each of the others.</summary>
    public bool DecodeBeside(SequenceRun run, IEnumerable<int> others)
    {
        SequenceRun[] runs = [.. others.Where(other => other != run.Sequence).Select(other => Run(other, 1))];
        int place = Random.Next(runs.Length + 1);
        return Add(new DecodeStep([.. runs[..place], run, .. runs[place..]]));
    }

    /// <summary>A sequence that exists, started if need be; another one makes room if every slot is taken.</summary>
    public int Start(int length)
    {
        if (FreeSlots == 0) Add(new ClearStep(Pick(Live)));
        int sequence = NewSequence();
        Decode([sequence], length);
        return sequence;
    }

    /// <summary>A living sequence, or a new one.</summary>
    public int Existing() => Live.Length > 0 ? Pick(Live) : Start(1 + Random.Next(4));

    /// <summary>Living sequences up to a number, new ones among them while slots are free; at least one.</summary>
    public int[] Members(int count)
    {
        int[] live = Shuffled(Live);
        int fresh = Math.Min(FreeSlots, Math.Max(0, count - live.Length));
        int[] members = [.. live.Take(count), .. Enumerable.Range(0, fresh).Select(_ => NewSequence())];
        return members;
    }

    /// <summary>Keeps a sequence's state.</summary>
    /// <returns>The snapshot's number.</returns>
    public int Keep(int sequence)
    {
        Add(new SnapshotStep(sequence, _nextSnapshot));
        return _nextSnapshot++;
    }

    /// <summary>Something else happens: a token for some of the others.</summary>
    public void OtherWork(int sequence)
    {
        int[] others = [.. Live.Where(other => other != sequence)];
        if (others.Length == 0 && FreeSlots > 0) others = [NewSequence()];
        if (others.Length > 0) Decode(Shuffled(others).Take(1 + Random.Next(others.Length)), 1 + Random.Next(2));
    }
}
