using Gdn.Harness.Kernels.Cases;
using Gdn.Reference.Kernels;

namespace Gdn.Harness.Kernels.Calls;

/// <summary>One execution of an engine on the inputs of a conv case, in poisoned and guarded buffers.</summary>
internal sealed class ConvRun
{
    private readonly ConvCallShape _shape;
    private readonly GuardedConvCall _buffers;
    private readonly int[] _rows;

    private ConvRun(ConvData data)
    {
        (_shape, _rows) = (data.Case.Shape, data.Rows);
        _buffers = new GuardedConvCall(_shape, data.X, data.Weights, data.Bias, data.Rows, data.Pool);
    }

    /// <summary>Windows after the call, <c>[rows, C, W - 1]</c>.</summary>
    public ReadOnlySpan<float> Pool => _buffers.Pool;

    /// <summary>A result: windows in order of sequences, snapshots of those planes that a call fills.</summary>
    public ReadOnlySpan<float> this[KernelBuffer buffer] => buffer switch
    {
        KernelBuffer.Output => _buffers.Output,
        KernelBuffer.State => _buffers.RowsOfSequences(_rows, _shape.WindowLength),
        _ => _buffers.Snapshots[..(_shape.FilledPlanes * _shape.Sequences * _shape.WindowLength)],
    };

    /// <summary>Runs the engine; whatever it throws passes through.</summary>
    public static ConvRun Execute(IConvEngine engine, ConvData data)
    {
        var run = new ConvRun(data);
        engine.Run(run._buffers.Call);
        return run;
    }

    /// <summary>A write where none belongs, in words that begin <c>buffer[index</c>; or null.</summary>
    public string? FirstStrayWrite() => _buffers.FirstStrayWrite();
}
