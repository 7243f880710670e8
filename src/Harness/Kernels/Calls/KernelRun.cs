using Gdn.Harness.Kernels.Cases;
using Gdn.Reference.Kernels;

namespace Gdn.Harness.Kernels.Calls;

/// <summary>One execution of an engine on the inputs of a case, in poisoned and guarded buffers.</summary>
internal sealed class KernelRun
{
    private readonly GuardedCall _buffers;
    private readonly KernelShape _shape;
    private readonly int[] _rows;

    private KernelRun(KernelData data)
    {
        (_shape, _rows) = (data.Case.Shape, data.Rows);
        _buffers = new GuardedCall(data.Call(data.Pool, output: [], snapshots: []));
    }

    /// <summary>States after the call, <c>[rows, Hv, K, V]</c>.</summary>
    public ReadOnlySpan<float> Pool => _buffers.Pool;

    /// <summary>A result, laid out as <see cref="KernelBuffer"/> says.</summary>
    public ReadOnlySpan<float> this[KernelBuffer buffer] => buffer switch
    {
        KernelBuffer.Output => _buffers.Output,
        KernelBuffer.State => _buffers.RowsOfSequences(_rows, _shape.Rule.StateLength),
        _ => FilledSnapshots(),
    };

    /// <summary>Runs the engine; whatever it throws passes through.</summary>
    public static KernelRun Execute(IKernelEngine engine, KernelData data)
    {
        var run = new KernelRun(data);
        engine.Run(run._buffers.Call);
        return run;
    }

    /// <summary>A write where none belongs, in a guard zone or an input, in words that begin <c>buffer[index</c>; or null.</summary>
    public string? FirstStrayWrite() => _buffers.FirstStrayWrite();

    // Zeros where a shorter sequence of a ragged call fills no plane: nothing is asked for there.
    private ReadOnlySpan<float> FilledSnapshots()
    {
        int length = _shape.Rule.StateLength;
        Span<float> planes = _buffers.Snapshots[..(_shape.FilledPlanes * _shape.Sequences * length)];
        if (_shape.Lengths.IsEmpty) return planes;
        float[] filled = planes.ToArray();
        for (int plane = 0; plane < _shape.FilledPlanes; plane++)
            for (int n = 0; n < _shape.Sequences; n++)
                if (plane >= _shape.TokensOf(n)) filled.AsSpan((plane * _shape.Sequences + n) * length, length).Clear();
        return filled;
    }
}
