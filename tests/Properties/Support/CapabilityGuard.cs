using Gdn.Reference.Batches;
using Gdn.Reference.Engines;

namespace Gdn.Properties.Support;

/// <summary>Keeps books beside an engine, and throws on whatever the engine does not declare.</summary>
internal sealed class CapabilityGuard(EngineCapabilities capabilities)
{
    // Tokens of each sequence's last batch, how many of them were taken back, and in how many rollbacks.
    private readonly Dictionary<int, (int Tokens, int TakenBack, int Rollbacks)> _last = [];

    public void Decode(TokenBatch batch)
    {
        SequenceDecomposition decomposition = SequenceDecomposition.Of(batch);
        Require(decomposition.IsUniform || capabilities.RaggedBatches != BatchHandling.Refused, "a ragged batch");
        Require(decomposition.IsContiguous || capabilities.InterleavedBatches != BatchHandling.Refused, "an interleaved batch");
        Require(batch.Count <= capabilities.MaxBatchTokens, "a batch that is too large");
        foreach (SequenceSlice slice in decomposition.Slices)
        {
            Require(slice.FirstPosition + slice.Count <= capabilities.MaxPositions, "a sequence that is too long");
            _last[slice.Sequence] = (slice.Count, 0, 0);
        }
    }

    public void Clear(int sequence) => _last.Remove(sequence);

    public void Copy(int target)
    {
        Require(capabilities.Copies, "a copy");
        _last.Remove(target);
    }

    public void Snapshot() => Require(capabilities.Snapshots, "a snapshot");

    public void Restore(int sequence)
    {
        Require(capabilities.Snapshots, "a restore");
        _last.Remove(sequence);
    }

    /// <summary>Checks a rollback.</summary>
    /// <returns>Whether it takes back the whole batch.</returns>
    public bool Rollback(int sequence, int count)
    {
        Require(capabilities.Rollback != RollbackSupport.None, "a rollback");
        Require(_last.TryGetValue(sequence, out var last), "a rollback without a batch");
        Require(last.Rollbacks == 0 || capabilities.Rollback == RollbackSupport.Repeated, "a second rollback");
        int takenBack = last.TakenBack + count;
        Require(takenBack <= capabilities.RollbackDepth, "a rollback that is too deep");
        Require(takenBack < last.Tokens || capabilities.RollsBackWholeBatch, "a rollback of a whole batch");
        _last[sequence] = last with { TakenBack = takenBack, Rollbacks = last.Rollbacks + 1 };
        return takenBack == last.Tokens;
    }

    private static void Require(bool declared, string what)
    {
        if (!declared) throw new NotSupportedException($"{what} is not declared");
    }
}
