using Gdn.Harness.Engines;
using Gdn.Harness.Schedules;
using Gdn.Reference.Batches;

namespace Gdn.Harness.Checks;

/// <summary>Plays a schedule on an engine and keeps every row of logits.</summary>
public sealed class EngineRun : IScheduleTarget
{
    private readonly IModelEngine _engine;
    private readonly RowRecorder _recorder = new();
    private readonly Dictionary<int, IStateSnapshot> _snapshots = [];
    private readonly List<LogitsRow> _rows = [];

    private int _step;

    private EngineRun(IModelEngine engine) => _engine = engine;

    /// <summary>Plays the schedule from its start on a new engine.</summary>
    /// <returns>The rows in the order of their computation.</returns>
    /// <exception cref="EngineFailedException">The engine threw.</exception>
    public static IReadOnlyList<LogitsRow> Of(Schedule schedule, IModelEngine engine, CancellationToken cancellation)
    {
        var run = new EngineRun(engine);
        try
        {
            schedule.Play(run, cancellation);
        }
        catch (Exception e) when (e is not (OperationCanceledException or EnvironmentException))
        {
            throw new EngineFailedException(run._step, e);
        }

        return run._rows;
    }

    /// <inheritdoc/>
    public void Begin(int step) => _step = step;

    /// <inheritdoc/>
    public int NextPosition(int sequence) => _engine.NextPosition(sequence);

    /// <inheritdoc/>
    public void Decode(TokenBatch batch)
    {
        int vocabulary = _engine.Info.Vocabulary;
        var logits = new float[batch.OutputCount * vocabulary];
        // An engine that leaves a row unwritten must not pass for one that wrote zeros.
        Array.Fill(logits, float.NaN);
        _engine.Decode(batch, logits);
        float[][] rows = [.. logits.Chunk(vocabulary)];
        IReadOnlyList<(RowOrigin Origin, int Token)> origins = _recorder.Record(_step, batch, _engine.SlotOf);
        for (int r = 0; r < rows.Length; r++) _rows.Add(new LogitsRow(origins[r].Origin, rows[r]));
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
}
