using Gdn.Harness.Schedules;
using Gdn.Reference;
using Gdn.Reference.Batches;
using Gdn.Reference.Engines;

namespace Gdn.Harness.Checks;

/// <summary>
/// Plays a schedule on an engine and keeps every row of logits. After each step every sequence must stand where the
/// schedule has brought it.
/// </summary>
public sealed class EngineRun : IScheduleTarget
{
    private readonly Schedule _schedule;
    private readonly IModelEngine _engine;
    private readonly ScheduleTracker _tracker;
    private readonly Dictionary<int, IStateSnapshot> _snapshots = [];
    private readonly SortedSet<int> _seen = [];
    private readonly List<LogitsRow> _rows = [];

    private int _step;

    private EngineRun(Schedule schedule, IModelEngine engine)
    {
        _schedule = schedule;
        _engine = engine;
        Info = engine.Info;
        _tracker = new ScheduleTracker(
            new BatchLimits(
                Info.Vocabulary, schedule.Slots, Info.Capabilities.MaxBatchTokens, Info.Capabilities.MaxPositions),
            schedule.Planes);
    }

    /// <summary>What the engine says of itself.</summary>
    public EngineInfo Info { get; }

    /// <summary>The rows in the order of their computation.</summary>
    public IReadOnlyList<LogitsRow> Rows => _rows;

    /// <summary>What the engine counted over the whole schedule.</summary>
    public EngineCounters Counters { get; private set; }

    /// <summary>Plays the schedule from its start on a new engine.</summary>
    /// <exception cref="EngineFailedException">The engine threw, accepted what it must refuse, or lost count.</exception>
    public static EngineRun Of(Schedule schedule, IModelEngine engine, CancellationToken cancellation)
    {
        var run = new EngineRun(schedule, engine);
        try
        {
            schedule.Play(run, cancellation);
            run.EndStep();
            run.Counters = engine.Counters;
        }
        catch (Exception e) when (e is not (OperationCanceledException or EnvironmentException))
        {
            throw new EngineFailedException(run._step, e);
        }

        return run;
    }

    /// <inheritdoc/>
    public void Begin(int step)
    {
        if (step > 0) EndStep();
        _step = step;
    }

    /// <summary>Where the sequence must stand, whatever the engine says.</summary>
    public int NextPosition(int sequence) => _tracker.NextPosition(sequence);

    /// <inheritdoc/>
    public void Decode(TokenBatch batch)
    {
        int vocabulary = Info.Vocabulary;
        var logits = new float[batch.OutputCount * vocabulary];
        // An engine that leaves a row unwritten must not pass for one that wrote zeros.
        Array.Fill(logits, float.NaN);
        _engine.Decode(batch, logits);
        _rows.AddRange(RowOrigin.Of(_step, batch, _engine.SlotOf)
            .Zip(logits.Chunk(vocabulary), (origin, row) => new LogitsRow(origin, row)));
    }

    /// <inheritdoc/>
    public void Clear(int sequence) => _engine.Clear(sequence);

    /// <inheritdoc/>
    public void Copy(int source, int target) => _engine.Copy(source, target);

    /// <inheritdoc/>
    public void Snapshot(int sequence, int snapshot) => _snapshots[snapshot] = _engine.Snapshot(sequence);

    /// <inheritdoc/>
    public void Restore(int sequence, int snapshot) => _engine.Restore(sequence, _snapshots[snapshot]);

    /// <inheritdoc/>
    public void Rollback(int sequence, int count) => _engine.Rollback(sequence, count);

    /// <inheritdoc/>
    public void Refuse(TokenBatch batch)
    {
        try
        {
            _engine.Decode(batch, new float[batch.OutputCount * Info.Vocabulary]);
        }
        catch (InputException)
        {
            return;
        }

        throw new ContractException("the engine accepted a batch that it must refuse");
    }

    private void EndStep()
    {
        _tracker.Apply(_schedule.Steps[_step]);
        _seen.UnionWith(_tracker.Live);
        foreach (int sequence in _seen)
        {
            int actual = _engine.NextPosition(sequence), expected = _tracker.NextPosition(sequence);
            if (actual != expected)
                throw new ContractException($"sequence {sequence} stands at position {actual} where {expected} is right");
        }
    }
}
