using Gdn.Harness.Schedules;
using Gdn.Properties.Support;
using Gdn.Reference;
using Gdn.Reference.Batches;
using Gdn.Reference.Models;
using Gdn.Reference.State;
using Xunit;

namespace Gdn.Properties.Reference.Models;

/// <summary>One row of logits that an engine put out.</summary>
/// <param name="Step">The step of the schedule.</param>
/// <param name="Sequence">Whose it is.</param>
/// <param name="Position">Position of its token.</param>
internal sealed record ReferenceRow(int Step, int Sequence, int Position, double[] Logits);

/// <summary>
/// A schedule played on the reference engine. After every step positions, slots and limits must be those of the tracker,
/// and whatever the tracker says is not possible must be refused and change nothing.
/// </summary>
internal sealed class ReferenceRun : IScheduleTarget
{
    private const int Vocabulary = RandomModel.Vocabulary;

    // Ids that schedules of this length do not use.
    private const int Stranger = 1000;

    private readonly ReferenceEngine<double> _engine;
    private readonly Dictionary<int, SequenceState> _snapshots = [];
    private readonly SortedSet<int> _seen = [];
    private readonly List<ReferenceRow> _rows = [];
    private readonly BatchLimits _limits;
    private int _step;

    private ReferenceRun(Schedule schedule, BatchLimits limits, ReferenceModel<double> model)
    {
        _limits = limits;
        _engine = new ReferenceEngine<double>(model, limits, schedule.Planes);
    }

    /// <summary>Plays a schedule.</summary>
    /// <returns>Everything that was put out.</returns>
    public static IReadOnlyList<ReferenceRow> Of(Schedule schedule, BatchLimits limits, ReferenceModel<double> model)
    {
        var run = new ReferenceRun(schedule, limits, model);
        schedule.Play(limits, run);
        return run._rows;
    }

    public void Begin(int step) => _step = step;

    public void Decode(TokenBatch batch)
    {
        var logits = new double[batch.OutputCount * Vocabulary];
        _engine.Decode(batch, logits);
        int row = 0;
        foreach (BatchToken token in batch.Tokens)
            if (token.Output)
                _rows.Add(new ReferenceRow(
                    _step, token.Sequence, token.Position, logits.AsSpan(row++ * Vocabulary, Vocabulary).ToArray()));
    }

    public void Clear(int sequence) => _engine.Clear(sequence);

    public void Copy(int source, int target) => _engine.Copy(source, target);

    public void Snapshot(int sequence, int snapshot) => _snapshots[snapshot] = _engine.Snapshot(sequence);

    public void Restore(int sequence, int snapshot) => _engine.Restore(sequence, _snapshots[snapshot]);

    public void Rollback(int sequence, int count) => _engine.Rollback(sequence, count);

    public void Refuse(TokenBatch batch) => Refused(batch);

    public void End(ScheduleTracker expected)
    {
        _seen.UnionWith(expected.Live);
        CheckBooks(expected);
        RefuseTheImpossible(expected);
        CheckBooks(expected);
    }

    private void CheckBooks(ScheduleTracker expected)
    {
        var slots = new HashSet<int>();
        foreach (int sequence in _seen)
        {
            string where = $"after step {_step}, sequence {sequence}";
            int position = _engine.NextPosition(sequence), right = expected.NextPosition(sequence);
            Assert.True(position == right, $"{where}: next position {position}, expected {right}");
            int limit = _engine.RollbackLimit(sequence), allowed = expected.RollbackLimit(sequence);
            Assert.True(limit == allowed, $"{where}: limit {limit}, expected {allowed}");
            int slot = _engine.SlotOf(sequence);
            Assert.True(
                expected.Live.Contains(sequence) ? slot >= 0 && slot < _limits.MaxSequences && slots.Add(slot) : slot == -1,
                $"{where}: slot {slot}");
        }
    }

    private void RefuseTheImpossible(ScheduleTracker expected)
    {
        Refused(() => _engine.Copy(Stranger, 0));
        Refused(() => _engine.Snapshot(Stranger));
        Refused(() => _engine.Rollback(Stranger, 1));
        foreach (int sequence in expected.Live)
        {
            Refused(() => _engine.Rollback(sequence, expected.RollbackLimit(sequence) + 1));
            Refused(BatchOf(sequence, expected.NextPosition(sequence) + 1));
        }

        if (expected.FreeSlots > 0) return;
        Refused(BatchOf(Stranger, position: 0));
        Refused(() => _engine.Copy(expected.Live.First(), Stranger));
        if (_snapshots.Count > 0) Refused(() => _engine.Restore(Stranger, _snapshots.Values.First()));
    }

    private static TokenBatch BatchOf(int sequence, int position) => new([new BatchToken(1, sequence, position, Output: true)]);

    private void Refused(TokenBatch batch) => Refused(() => _engine.Decode(batch, new double[batch.OutputCount * Vocabulary]));

    private static void Refused(Action call) => Assert.Throws<InputException>(call);
}
