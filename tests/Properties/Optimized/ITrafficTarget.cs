using Gdn.Reference.Batches;

namespace Gdn.Properties.Optimized;

/// <summary>What <see cref="RandomTraffic"/> drives: several engines at once that must agree.</summary>
internal interface ITrafficTarget
{
    int NextPosition(int sequence);

    int RollbackLimit(int sequence);

    void Decode(TokenBatch batch);

    void Clear(int sequence);

    void Copy(int source, int target);

    void Snapshot(int sequence, int id);

    void Restore(int sequence, int id);

    void Rollback(int sequence, int count);
}
