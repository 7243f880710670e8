using Gdn.Reference.Batches;

namespace Gdn.Harness.Schedules;

/// <summary>Something that a schedule can be played on: an engine, or the oracle.</summary>
public interface IScheduleTarget
{
    /// <summary>Says which step the next call belongs to.</summary>
    void Begin(int step);

    /// <summary>Decodes a batch.</summary>
    void Decode(TokenBatch batch);

    /// <summary>Forgets the sequence.</summary>
    void Clear(int sequence);

    /// <summary>Makes <paramref name="target"/> a copy of <paramref name="source"/>.</summary>
    void Copy(int source, int target);

    /// <summary>Keeps a copy of the sequence's state under a number.</summary>
    void Snapshot(int sequence, int snapshot);

    /// <summary>Sets the sequence to a kept state.</summary>
    void Restore(int sequence, int snapshot);

    /// <summary>Takes back the sequence's last tokens.</summary>
    void Rollback(int sequence, int count);

    /// <summary>Offers a batch that must be refused.</summary>
    void Refuse(TokenBatch batch);

    /// <summary>Says that the step is over, and how things must stand now.</summary>
    void End(ScheduleTracker expected)
    {
    }
}
