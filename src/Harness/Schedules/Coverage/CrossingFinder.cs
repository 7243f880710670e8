using Gdn.Harness.Schedules.Crossings;
using Gdn.Reference.Batches;

namespace Gdn.Harness.Schedules.Coverage;

/// <summary>Finds which values of the axes meet in the rows of a schedule.</summary>
internal sealed class CrossingFinder : IStepVisitor
{
    private readonly record struct Event(StateOperation Kind, bool IsOther, Held Held);

    private sealed class Standing
    {
        public Held Held { get; set; }

        public int Rejected { get; set; }

        /// <summary>Its last row, without operations.</summary>
        public IReadOnlyList<Crossing> Row { get; set; } = [];

        /// <summary>What has happened since.</summary>
        public List<Event> Events { get; } = [];
    }

    private readonly ScheduleTracker _tracker;
    private readonly SlotMap _slots;
    private readonly int _planes;
    private readonly Dictionary<int, Standing> _standings = [];

    // What the last tenants of slots held when they left, and what has happened since the last batch, for those that begin.
    private readonly Dictionary<int, Held> _left = [];
    private readonly List<StateOperation> _events = [];
    private readonly HashSet<int> _pairs = [];

    private CrossingFinder(Schedule schedule, ScheduleRules rules)
    {
        _tracker = ScheduleTracker.Of(schedule, rules);
        _slots = new SlotMap(schedule.Slots);
        _planes = schedule.Planes;
    }

    /// <summary>Numbers of the pairs that meet in a schedule.</summary>
    public static IReadOnlySet<int> PairsOf(Schedule schedule, ScheduleRules rules)
    {
        var finder = new CrossingFinder(schedule, rules);
        foreach (ScheduleStep step in schedule.Steps)
        {
            step.Accept(finder);
            finder._tracker.Apply(step);
        }

        return finder._pairs;
    }

    void IStepVisitor.Visit(DecodeStep step)
    {
        foreach (SequenceRun run in step.Runs)
            if (run.Restart && _standings.ContainsKey(run.Sequence)) Operate(StateOperation.Restart, run.Sequence);
        foreach (SequenceRun run in step.Runs) _slots.FindOrAdd(run.Sequence);
        Work[] works = [.. step.Runs.Select(WorkOf)];
        var room = step.Runs.Count == _slots.Count ? Room.Full
            : _slots.Count - _slots.FreeCount > step.Runs.Count ? Room.Waiting : Room.Free;
        Crossing batch = Crossing.Anything.With(Axes.Room, (int)room);
        if (step.Runs.Count <= Axes.MaxWidth) batch = batch.With(Axes.Width, step.Runs.Count - 1);
        for (int r = 0; r < works.Length; r++)
        {
            SequenceRun run = step.Runs[r];
            int position = run.Restart ? 0 : _tracker.NextPosition(run.Sequence);
            Crossing row = batch.With(Axes.Work, (int)works[r]);
            Crossing[] rows = [.. Places.Of(position, run.Tokens.Count).Select(place => row.With(Axes.Place, place))];
            Crossing[] beside = [.. works.Where((_, other) => other != r).Distinct().Select(other => row.With(Axes.Beside, (int)other))];
            Take(run.Sequence, [.. rows, .. beside]);
        }

        for (int r = 0; r < works.Length; r++) Leave(step.Runs[r], works[r]);
        _events.Clear();
    }

    void IStepVisitor.Visit(ClearStep step)
    {
        if (!_standings.TryGetValue(step.Sequence, out Standing? gone)) return;
        Operate(StateOperation.Clear, step.Sequence);
        _standings.Remove(step.Sequence);
        _left[_slots.Remove(step.Sequence)] = gone.Held;
    }

    void IStepVisitor.Visit(CopyStep step)
    {
        Held held = _standings[step.Source].Held;
        Operate(StateOperation.Copy, step.Source, step.Target);
        Replace(step.Target, new Event(StateOperation.Copy, IsOther: false, held));
    }

    void IStepVisitor.Visit(SnapshotStep step) => Operate(StateOperation.Snapshot, step.Sequence);

    void IStepVisitor.Visit(RestoreStep step)
    {
        Held held = _standings.GetValueOrDefault(step.Sequence)?.Held ?? Held.Nothing;
        Operate(StateOperation.Restore, step.Sequence);
        Replace(step.Sequence, new Event(StateOperation.Restore, IsOther: false, held));
    }

    void IStepVisitor.Visit(RollbackStep step)
    {
        Operate(StateOperation.Rollback, step.Sequence);
        Standing standing = _standings[step.Sequence];
        standing.Rejected += step.Count;
        standing.Held = new[] { Held.ManyRejected, Held.SomeRejected, Held.OneRejected }
            .First(held => standing.Rejected >= CrossingRules.LeastRejected(held));
    }

    void IStepVisitor.Visit(RefusedStep step) =>
        Operate(StateOperation.Refusal, [.. step.Runs.Select(run => run.Sequence)]);

    private Work WorkOf(SequenceRun run)
    {
        int tokens = run.Tokens.Count;
        if (run.Restart || !_standings.ContainsKey(run.Sequence))
            return tokens < CrossingRules.LongPrompt ? Work.ShortPrompt : Work.LongPrompt;
        if (tokens == 1) return Work.OneToken;
        return tokens <= Math.Min(_planes, CrossingRules.MaxPlanes) ? Work.Drafts + (tokens - 2) : Work.Slice;
    }

    private void Operate(StateOperation kind, params IReadOnlyList<int> on)
    {
        _events.Add(kind);
        foreach ((int sequence, Standing standing) in _standings)
        {
            bool isOther = !on.Contains(sequence);
            standing.Events.Add(new Event(kind, isOther, standing.Held));
            Reach(standing.Row, new Operation(kind, IsAfter: true, isOther));
        }
    }

    // It has another state; what it did before is somebody else's.
    private void Replace(int sequence, Event by)
    {
        _slots.FindOrAdd(sequence);
        var standing = new Standing();
        standing.Events.Add(by);
        _standings[sequence] = standing;
    }

    // The rows of a sequence in a batch, with all that came before.
    private void Take(int sequence, IReadOnlyList<Crossing> rows)
    {
        if (!_standings.TryGetValue(sequence, out Standing? standing))
        {
            _standings[sequence] = standing = new Standing();
            standing.Events.AddRange(_events.Select(kind => new Event(kind, IsOther: true, Held.Nothing)));
            if (_left.TryGetValue(_slots.Find(sequence), out Held left))
            {
                standing.Held = left;
                standing.Events.Add(new Event(StateOperation.Clear, IsOther: false, left));
            }
        }

        foreach (Event before in standing.Events)
            Reach(
                [.. rows.Select(row => row.With(Axes.Held, (int)before.Held))],
                new Operation(before.Kind, IsAfter: false, before.IsOther));
        standing.Row = [.. rows.Select(row => row.With(Axes.Held, (int)standing.Held))];
        // Its own rollback shows in what it holds.
        if (standing.Events.All(before => before is { Kind: StateOperation.Rollback, IsOther: false }))
            foreach (Crossing row in standing.Row) _pairs.UnionWith(row.With(Axes.Operation, Operation.None).Pairs());
    }

    private void Leave(SequenceRun run, Work work)
    {
        Standing standing = _standings[run.Sequence];
        standing.Events.Clear();
        standing.Rejected = 0;
        standing.Held = work >= Work.Drafts ? Held.Drafts : run.Tokens.Count > 1 ? Held.Prompt : Held.Nothing;
    }

    private void Reach(IReadOnlyList<Crossing> rows, Operation operation)
    {
        foreach (Crossing row in rows) _pairs.UnionWith(row.With(Axes.Operation, operation.Value).Pairs());
    }
}
