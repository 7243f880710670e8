using System.Runtime.CompilerServices;
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
    private readonly IModelEngine _engine;
    private readonly Dictionary<int, IStateSnapshot> _snapshots = [];
    private readonly SortedSet<int> _seen = [];
    private readonly List<LogitsRow> _rows = [];

    private int _step;

    private EngineRun(IModelEngine engine)
    {
        _engine = engine;
        Info = engine.Info;
    }

    /// <summary>What the engine says of itself.</summary>
    public EngineInfo Info { get; }

    /// <summary>The rows in the order of their computation.</summary>
    public IReadOnlyList<LogitsRow> Rows => _rows;

    /// <summary>What the engine counted over the whole schedule.</summary>
    public EngineCounters Counters { get; private set; }

    /// <summary>Plays the schedule from its start on a new engine.</summary>
    /// <exception cref="EngineFailedException">The engine threw, accepted what it must refuse, or lost count.</exception>
    /// <exception cref="InputException">The schedule asks for what the engine does not declare, or is not possible.</exception>
    public static EngineRun Of(Schedule schedule, IModelEngine engine, CancellationToken cancellation)
    {
        EngineRun? run = null;
        Guard(-1, nameof(Info), () => run = new EngineRun(engine));
        EngineInfo info = run!.Info;
        var limits = new BatchLimits(
            info.Vocabulary, schedule.Slots, info.Capabilities.MaxBatchTokens, info.Capabilities.MaxPositions);
        schedule.Play(new ScheduleRules(limits, info.Capabilities), run, cancellation);
        Guard(run._step, nameof(Counters), () => run.Counters = engine.Counters);
        return run;
    }

    /// <inheritdoc/>
    public void Begin(int step) => _step = step;

    /// <inheritdoc/>
    public void Decode(TokenBatch batch)
    {
        int vocabulary = Info.Vocabulary;
        var logits = new float[batch.OutputCount * vocabulary];
        // An engine that leaves a row unwritten must not pass for one that wrote zeros.
        Array.Fill(logits, float.NaN);
        Guard(() =>
        {
            _engine.Decode(batch, logits);
            _rows.AddRange(RowOrigin.Of(_step, batch, _engine.SlotOf)
                .Zip(logits.Chunk(vocabulary), (origin, row) => new LogitsRow(origin, row)));
        });
    }

    /// <inheritdoc/>
    public void Clear(int sequence) => Guard(() => _engine.Clear(sequence));

    /// <inheritdoc/>
    public void Copy(int source, int target) => Guard(() => _engine.Copy(source, target));

    /// <inheritdoc/>
    public void Snapshot(int sequence, int snapshot) => Guard(() => _snapshots[snapshot] = _engine.Snapshot(sequence));

    /// <inheritdoc/>
    public void Restore(int sequence, int snapshot) => Guard(() => _engine.Restore(sequence, _snapshots[snapshot]));

    /// <inheritdoc/>
    public void Rollback(int sequence, int count) => Guard(() => _engine.Rollback(sequence, count));

    /// <inheritdoc/>
    public void Refuse(TokenBatch batch) => Guard(() =>
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
    });

    /// <inheritdoc/>
    public void End(ScheduleTracker expected) => Guard(() =>
    {
        _seen.UnionWith(expected.Live);
        foreach (int sequence in _seen)
        {
            int actual = _engine.NextPosition(sequence), right = expected.NextPosition(sequence);
            if (actual != right)
                throw new ContractException($"sequence {sequence} is at position {actual}, expected {right}");
        }
    });

    private void Guard(Action call, [CallerMemberName] string name = "") => Guard(_step, name, call);

    // Whatever an engine throws on a step that is possible, it has failed.
    private static void Guard(int step, string name, Action call)
    {
        try
        {
            call();
        }
        catch (Exception e) when (e is not (OperationCanceledException or EnvironmentException))
        {
            throw new EngineFailedException(step, name, e);
        }
    }
}
