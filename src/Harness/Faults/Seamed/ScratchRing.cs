namespace Gdn.Harness.Faults.Seamed;

/// <summary>
/// Two buffers that rows of a ubatch take in turn. What a row leaves in its buffer is written back later, at the latest
/// when the buffer is wanted again.
/// </summary>
internal sealed class ScratchRing(int length, Routing routing)
{
    private readonly float[][] _buffers = [new float[length], new float[length]];
    private readonly Action<float[]>?[] _writeBacks = new Action<float[]>?[2];

    /// <summary>The buffer of a row.</summary>
    public float[] Take(int row)
    {
        if (routing.WaitsForWriteBack) Complete(row % 2);
        return _buffers[row % 2];
    }

    /// <summary>Says what is to become of a row's buffer.</summary>
    public void Leave(int row, Action<float[]> writeBack) => _writeBacks[row % 2] += writeBack;

    /// <summary>Writes back what is left.</summary>
    public void Complete()
    {
        Complete(0);
        Complete(1);
    }

    private void Complete(int buffer)
    {
        _writeBacks[buffer]?.Invoke(_buffers[buffer]);
        _writeBacks[buffer] = null;
    }
}
