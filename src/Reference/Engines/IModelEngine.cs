using Gdn.Reference.Batches;

namespace Gdn.Reference.Engines;

/// <summary>
/// An engine at model level: token batches in, logits out, and the operations on a sequence's state (recurrent
/// state and KV cache together). Every check is written against this interface. Not thread-safe. Operations that an engine
/// does not declare in <see cref="EngineCapabilities"/> are never called, and need not be implemented.
/// </summary>
/// <remarks>
/// A sequence exists from its first decoded token, which has position 0, until <see cref="Clear"/>. A token with
/// position 0 for an existing sequence starts it afresh. Bad input throws <see cref="Gdn.Reference.InputException"/>
/// and leaves every state as it was.
/// </remarks>
public interface IModelEngine : IDisposable
{
    /// <summary>Name, and what the engine declares that it can do.</summary>
    EngineInfo Info { get; }

    /// <summary>What has happened since the engine was made: passes, splits, plan reuse.</summary>
    EngineCounters Counters => default;

    /// <summary>Runs one batch.</summary>
    /// <param name="batch">The tokens; positions continue each sequence without a gap.</param>
    /// <param name="logits">Receives <c>[batch.OutputCount, Vocabulary]</c>, rows in batch order.</param>
    void Decode(TokenBatch batch, Span<float> logits);

    /// <summary>The position that the sequence's next token must have; 0 for one that does not exist.</summary>
    int NextPosition(int sequence);

    /// <summary>The state slot that the sequence occupies, or -1 when it has none or the engine does not tell.</summary>
    int SlotOf(int sequence) => -1;

    /// <summary>Forgets the sequence and frees its slot; nothing happens if it does not exist.</summary>
    void Clear(int sequence);

    /// <summary>
    /// Makes <paramref name="target"/> an independent copy of <paramref name="source"/> (a fork) as it is now: the copy
    /// has nothing to roll back until its next batch.
    /// </summary>
    void Copy(int source, int target) => throw new NotSupportedException("Copies are not declared.");

    /// <summary>Takes a copy of the sequence's whole state, to be given back to <see cref="Restore"/> at any time.</summary>
    IStateSnapshot Snapshot(int sequence) => throw new NotSupportedException("Snapshots are not declared.");

    /// <summary>
    /// Sets the sequence, existing or not, to the state that the snapshot holds; there is nothing to roll back until its
    /// next batch.
    /// </summary>
    void Restore(int sequence, IStateSnapshot snapshot) => throw new NotSupportedException("Snapshots are not declared.");

    /// <summary>
    /// Takes back the last <paramref name="count"/> tokens of the sequence, as after rejected drafts: tokens of its last batch,
    /// as many in all as <see cref="EngineCapabilities.RollbackLimit"/> says.
    /// </summary>
    void Rollback(int sequence, int count) => throw new NotSupportedException("Rollbacks are not declared.");
}
