using System.Numerics;
using Gdn.Reference.Batches;
using Gdn.Reference.Engines;
using Gdn.Reference.Models;
using Gdn.Reference.State;

namespace Gdn.Harness.Checks;

/// <summary>
/// A schedule on the reference at one precision, with what an engine may do beyond it: take back a whole batch.
/// </summary>
/// <param name="model">The model at that precision.</param>
/// <param name="limits">What batches keep to.</param>
/// <param name="planes">P of the schedule.</param>
/// <param name="capabilities">What the engine under test declares.</param>
internal sealed class ReferencePlay<T>(ReferenceModel<T> model, BatchLimits limits, int planes, EngineCapabilities capabilities)
    where T : IFloatingPointIeee754<T>
{
    private readonly ReferenceEngine<T> _engine = new(model, limits, planes);
    private readonly Dictionary<int, SequenceState> _snapshots = [];
    private readonly Dictionary<int, SequenceState> _before = [];

    /// <summary>Runs a batch; returns logits <c>[batch.OutputCount, V]</c>, and router margins of its tokens.</summary>
    public (T[] Logits, T[] Margins) Decode(TokenBatch batch)
    {
        if (capabilities.RollsBackWholeBatch) KeepBefore(batch);
        var logits = new T[batch.OutputCount * limits.Vocabulary];
        var margins = new T[batch.Count];
        _engine.Decode(batch, logits, margins);
        return (logits, margins);
    }

    /// <summary>The slot that the sequence counts as, or -1.</summary>
    public int SlotOf(int sequence) => _engine.SlotOf(sequence);

    /// <summary>Forgets the sequence.</summary>
    public void Clear(int sequence) => _engine.Clear(sequence);

    /// <summary>Makes <paramref name="target"/> a copy of <paramref name="source"/>.</summary>
    public void Copy(int source, int target) => _engine.Copy(source, target);

    /// <summary>Keeps a copy of the sequence's state under a number.</summary>
    public void Snapshot(int sequence, int snapshot) => _snapshots[snapshot] = _engine.Snapshot(sequence);

    /// <summary>Sets the sequence to a kept state.</summary>
    public void Restore(int sequence, int snapshot) => _engine.Restore(sequence, _snapshots[snapshot]);

    /// <summary>Takes back the sequence's last tokens; returns whether they are its whole last batch.</summary>
    public bool Rollback(int sequence, int count)
    {
        if (_before.TryGetValue(sequence, out SequenceState? before) && before.NextPosition == _engine.NextPosition(sequence) - count)
        {
            _engine.Restore(sequence, before);
            return true;
        }

        _engine.Rollback(sequence, count);
        return false;
    }

    // The reference itself keeps the states after a batch's tokens, not the one before them.
    private void KeepBefore(TokenBatch batch)
    {
        foreach (SequenceSlice slice in SequenceDecomposition.Of(batch).Slices)
        {
            if (slice.Resets) _before.Remove(slice.Sequence);
            else _before[slice.Sequence] = _engine.Snapshot(slice.Sequence);
        }
    }
}
