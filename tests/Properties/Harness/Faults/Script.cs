using Gdn.Harness;
using Gdn.Harness.Schedules;

namespace Gdn.Properties.Harness.Faults;

/// <summary>A schedule written by hand, of which only the lengths matter: tokens are drawn.</summary>
/// <param name="slots">np.</param>
/// <param name="planes">P.</param>
internal sealed class Script(int slots, int planes)
{
    private const int Vocabulary = 200;

    private readonly List<ScheduleStep> _steps = [];
    private readonly SeededRandom _random = new(7);
    private int? _restarts;

    public Schedule Schedule => new(slots, planes, _steps);

    /// <summary>Decodes that many tokens of each sequence.</summary>
    public Script Decode(params (int Sequence, int Count)[] rows)
    {
        _steps.Add(new DecodeStep([.. rows.Select(row => new SequenceRun(
            row.Sequence, [.. Enumerable.Range(0, row.Count).Select(_ => _random.Next(Vocabulary))],
            Restart: row.Sequence == _restarts))]));
        _restarts = null;
        return this;
    }

    /// <summary>Decodes the same number of tokens of each sequence.</summary>
    public Script DecodeEach(IEnumerable<int> sequences, int count) =>
        Decode([.. sequences.Select(sequence => (sequence, count))]);

    /// <summary>Lets a sequence start from position 0 in the batch that follows.</summary>
    public Script Restart(int sequence)
    {
        _restarts = sequence;
        return this;
    }

    public Script RollBack(int sequence, int count) => With(new RollbackStep(sequence, count));

    public Script Clear(int sequence) => With(new ClearStep(sequence));

    public Script Copy(int source, int target) => With(new CopyStep(source, target));

    public Script Snapshot(int sequence) => With(new SnapshotStep(sequence, 0));

    /// <summary>Restores the last snapshot.</summary>
    public Script Restore(int sequence) => With(new RestoreStep(sequence, 0));

    private Script With(ScheduleStep step)
    {
        _steps.Add(step);
        return this;
    }
}
