using Gdn.Harness.Schedules;
using Gdn.Optimized.Batching;
using Gdn.Reference;
using Gdn.Reference.Batches;
using Gdn.Reference.Engines;
using Xunit;

namespace Gdn.Properties.Optimized.Cpu;

/// <summary>
/// Two engines that must agree in every bit. Each restores the other's snapshots, so those must be of one kind.
/// </summary>
internal sealed class EnginePair(BatchedEngine first, BatchedEngine second, int vocabulary, string name) : IScheduleTarget
{
    private readonly Dictionary<int, (IStateSnapshot First, IStateSnapshot Second)> _snapshots = [];
    private int _step;

    /// <summary>Rows that were compared.</summary>
    public int Rows { get; private set; }

    public void Begin(int step) => _step = step;

    public void Decode(TokenBatch batch)
    {
        float[] expected = new float[batch.OutputCount * vocabulary], actual = new float[expected.Length];
        Array.Fill(actual, float.NaN);
        first.Decode(batch, expected);
        second.Decode(batch, actual);
        CpuEngineBitIdentityTests.AssertSameBits(expected, actual, $"{name} step {_step}");
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

    public void Snapshot(int sequence, int snapshot) => _snapshots[snapshot] = (first.Snapshot(sequence), second.Snapshot(sequence));

    public void Restore(int sequence, int snapshot)
    {
        first.Restore(sequence, _snapshots[snapshot].Second);
        second.Restore(sequence, _snapshots[snapshot].First);
    }

    public void Rollback(int sequence, int count)
    {
        first.Rollback(sequence, count);
        second.Rollback(sequence, count);
    }

    public void Refuse(TokenBatch batch)
    {
        foreach (BatchedEngine engine in (BatchedEngine[])[first, second])
            Assert.Throws<InputException>(() => engine.Decode(batch, new float[batch.OutputCount * vocabulary]));
    }
}
