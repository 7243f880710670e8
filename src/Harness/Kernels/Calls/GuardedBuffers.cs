using Gdn.Harness.Kernels.Cases;

namespace Gdn.Harness.Kernels.Calls;

/// <summary>The buffers that every op is given, guarded, results poisoned: inputs of its own, a pool of rows, and two results.</summary>
internal abstract class GuardedBuffers
{
    private readonly (float[] Given, GuardedBuffer Buffer)[] _inputs;
    private readonly GuardedBuffer _pool, _output, _snapshots;

    /// <summary>Takes the inputs, and a copy of the pool.</summary>
    /// <param name="inputs">Each as given, and its guarded copy.</param>
    /// <param name="pool">The pool before the call.</param>
    /// <param name="output">Elements of o.</param>
    /// <param name="snapshots">Elements of the snapshots.</param>
    protected GuardedBuffers((float[] Given, GuardedBuffer Buffer)[] inputs, ReadOnlySpan<float> pool, int output, int snapshots)
    {
        _inputs = inputs;
        _pool = new GuardedBuffer(CallBuffer.Pool, pool);
        _output = new GuardedBuffer(CallBuffer.Output, output);
        _snapshots = new GuardedBuffer(CallBuffer.Snapshots, snapshots);
    }

    /// <summary>Rows of states or windows, those of no sequence among them.</summary>
    public Span<float> Pool => _pool.Contents;

    /// <summary>o.</summary>
    public Span<float> Output => _output.Contents;

    /// <summary>Snapshots, all planes.</summary>
    public Span<float> Snapshots => _snapshots.Contents;

    /// <summary>A write where none belongs, in a guard zone or an input, in words that begin <c>buffer[index</c>; or null.</summary>
    public string? FirstStrayWrite() =>
        _inputs.Select(input => input.Buffer.Changed(input.Given))
            .Concat(_inputs.Select(input => input.Buffer).Append(_pool).Append(_output).Append(_snapshots).Select(b => b.Damage()))
            .FirstOrDefault(found => found is not null);

    /// <summary>The pool in order of sequences, without the rows of none.</summary>
    /// <param name="rows">Pool row of each sequence.</param>
    /// <param name="length">Elements of a row.</param>
    public float[] RowsOfSequences(ReadOnlySpan<int> rows, int length)
    {
        var result = new float[rows.Length * length];
        for (int n = 0; n < rows.Length; n++) Pool.Slice(rows[n] * length, length).CopyTo(result.AsSpan(n * length));
        return result;
    }

    /// <summary>The first element of a pool row of no sequence that a call has changed; null where it changed none.</summary>
    /// <param name="before">The pool before the call.</param>
    /// <param name="after">The pool after it.</param>
    /// <param name="rows">Pool row of each sequence.</param>
    /// <param name="length">Elements of a row.</param>
    public static (int Row, int Element)? FirstForeignWrite(
        ReadOnlySpan<float> before, ReadOnlySpan<float> after, int[] rows, int length)
    {
        foreach (int row in Enumerable.Range(0, before.Length / length).Except(rows))
        {
            int at = GuardedBuffer.FirstDifference(before.Slice(row * length, length), after.Slice(row * length, length));
            if (at >= 0) return (row, at);
        }

        return null;
    }

    /// <summary>An input as given, and its guarded copy.</summary>
    protected static (float[] Given, GuardedBuffer Buffer) Guard(CallBuffer buffer, ReadOnlySpan<float> given) =>
        (given.ToArray(), new(buffer, given));

    /// <summary>The contents of an input, in the order in which they were taken.</summary>
    protected ReadOnlySpan<float> Input(int index) => _inputs[index].Buffer.Contents;
}
