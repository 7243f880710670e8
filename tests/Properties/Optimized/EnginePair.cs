using Gdn.Optimized.Cpu;
using Gdn.Optimized.State;
using Gdn.Reference.Batches;

namespace Gdn.Properties.Optimized;

/// <summary>
/// Two engines that must agree in every bit. Each restores the other's snapshots, so those must be of one kind.
/// </summary>
internal sealed class EnginePair(CpuEngine first, CpuEngine second, int vocabulary, string name) : ITrafficTarget
{
    private readonly Dictionary<int, (SlotSnapshot First, SlotSnapshot Second)> _snapshots = [];
    private int _batches;

    /// <summary>Rows that were compared.</summary>
    public int Rows { get; private set; }

    public int NextPosition(int sequence) => first.NextPosition(sequence);

    public int RollbackLimit(int sequence) => first.RollbackLimit(sequence);

    public void Decode(TokenBatch batch)
    {
        float[] expected = new float[batch.OutputCount * vocabulary], actual = new float[expected.Length];
        Array.Fill(actual, float.NaN);
        first.Decode(batch, expected);
        second.Decode(batch, actual);
        CpuEngineBitIdentityTests.AssertSameBits(expected, actual, $"{name} batch {_batches++}");
        Rows += batch.OutputCount;
    }

    public void Clear(int sequence)
    {
        first.Clear(sequence);
        second.Clear(sequence);
    }

    public void Copy(int source, int target)
    {
        first.Copy(source, target);
        second.Copy(source, target);
    }

    public void Snapshot(int sequence, int id) => _snapshots[id] = (first.Snapshot(sequence), second.Snapshot(sequence));

    public void Restore(int sequence, int id)
    {
        first.Restore(sequence, _snapshots[id].Second);
        second.Restore(sequence, _snapshots[id].First);
    }

    public void Rollback(int sequence, int count)
    {
        first.Rollback(sequence, count);
        second.Rollback(sequence, count);
    }
}
