using Gdn.Reference.Batches;

namespace Gdn.Harness.Schedules;

/// <summary>
/// Random schedules: prefill mixed with decode, uniform and ragged, contiguous and interleaved, sequences that come, go,
/// restart, fork, roll back and return from snapshots. The same seed makes the same schedule, everywhere and for good.
/// </summary>
public sealed class ScheduleGenerator
{
    private const int MaxPlanes = 4, MinSteps = 3, MaxSteps = 14, TokenBudget = 72, LongTokenBudget = 160;

    // 1 is decoding; the others surround the widths of vectors, conv windows and chunks at which code paths change.
    private static readonly int[] PrefillLengths = [1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65];

    private readonly SeededRandom _random;
    private readonly BatchLimits _limits;
    private readonly int _planes;
    private readonly ScheduleTracker _tracker;
    private readonly List<ScheduleStep> _steps = [];
    private int _tokensLeft, _nextSequence, _nextSnapshot;

    private ScheduleGenerator(ulong seed, BatchLimits limits)
    {
        _random = new SeededRandom(seed);
        _limits = limits;
        _planes = 1 + _random.Next(MaxPlanes);
        _tokensLeft = _random.Next(4) == 0 ? LongTokenBudget : TokenBudget;
        _tracker = new ScheduleTracker(limits, _planes);
    }

    /// <summary>Makes the schedule of a seed.</summary>
    /// <param name="seed">Any number.</param>
    /// <param name="limits">What the engine takes; <see cref="BatchLimits.MaxSequences"/> is np.</param>
    public static Schedule Generate(ulong seed, BatchLimits limits) => new ScheduleGenerator(seed, limits).Generate();

    private Schedule Generate()
    {
        int steps = MinSteps + _random.Next(MaxSteps - MinSteps + 1);
        while (_steps.Count < steps && _tokensLeft > 0)
        {
            ScheduleStep? step = Propose();
            if (step is null || !_tracker.TryApply(step)) continue;
            _steps.Add(step);
            if (step is DecodeStep decode) _tokensLeft -= decode.TokenCount;
        }

        return new Schedule(_limits.MaxSequences, _planes, _steps);
    }

    private ScheduleStep? Propose()
    {
        int[] live = [.. _tracker.Live];
        if (live.Length == 0) return Decode(live);
        int die = _random.Next(100);
        if (die < 60) return Decode(live);
        if (die < 70) return new ClearStep(Pick(live));
        if (die < 76) return new CopyStep(Pick(live), _random.Next(2) == 0 ? Pick(live) : _nextSequence++);
        if (die < 83) return new SnapshotStep(Pick(live), _nextSnapshot++);
        if (die < 91)
        {
            int[] snapshots = [.. _tracker.Snapshots];
            if (snapshots.Length == 0) return null;
            return new RestoreStep(_random.Next(2) == 0 ? Pick(live) : _nextSequence++, Pick(snapshots));
        }

        int[] drafted = [.. live.Where(sequence => _tracker.RollbackLimit(sequence) > 0)];
        if (drafted.Length == 0) return null;
        int rolledBack = Pick(drafted);
        return new RollbackStep(rolledBack, 1 + _random.Next(_tracker.RollbackLimit(rolledBack)));
    }

    private DecodeStep Decode(int[] live)
    {
        int fresh = Math.Min(_tracker.FreeSlots, live.Length == 0 ? 1 + _random.Next(3) : Geometric());
        List<int> members = [.. live];
        if (members.Count > 1 && _random.Next(2) == 0) members = Subset(members);
        for (int i = 0; i < fresh; i++) members.Add(_nextSequence++);
        int[] order = [.. members];
        if (_random.Next(3) == 0) _random.Shuffle<int>(order);

        int common = _random.Next(5) switch
        {
            0 or 1 => 1,
            2 => 1 + _random.Next(_planes + 1),
            _ => Length(order.Length),
        };
        bool ragged = _random.Next(3) == 0;
        var runs = new List<SequenceRun>();
        foreach (int sequence in order)
        {
            int length = ragged ? (_random.Next(2) == 0 ? 1 : Length(order.Length)) : common;
            bool restart = _tracker.NextPosition(sequence) > 0 && _random.Next(16) == 0;
            runs.Add(new SequenceRun(sequence, Tokens(length), restart));
        }

        int[]? interleaving = null;
        if (runs.Count > 1 && _random.Next(6) == 0)
        {
            interleaving = [.. runs.SelectMany((run, index) => Enumerable.Repeat(index, run.Tokens.Count))];
            _random.Shuffle<int>(interleaving);
        }

        return new DecodeStep(runs, interleaving, LastOnly: _random.Next(4) == 0);
    }

    // Mostly short, so that many sequences and steps fit the budget.
    private int Length(int sequences)
    {
        int most = Math.Max(1, Math.Min(_tokensLeft, _limits.MaxBatchTokens) / sequences);
        int choices = PrefillLengths.Count(length => length <= most);
        return PrefillLengths[Math.Min(_random.Next(choices), _random.Next(choices))];
    }

    private int[] Tokens(int count)
    {
        var tokens = new int[count];
        for (int i = 0; i < count; i++) tokens[i] = _random.Next(_limits.Vocabulary);
        return tokens;
    }

    private List<int> Subset(List<int> members)
    {
        List<int> subset = [.. members.Where(_ => _random.Next(3) > 0)];
        return subset.Count > 0 ? subset : [Pick([.. members])];
    }

    private int Geometric()
    {
        int n = 0;
        while (n < 3 && _random.Next(3) == 0) n++;
        return n;
    }

    private int Pick(int[] values) => values[_random.Next(values.Length)];
}
