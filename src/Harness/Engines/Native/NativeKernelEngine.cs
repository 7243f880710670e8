using Gdn.Reference.Kernels;
using Gdn.Reference.Operators;

namespace Gdn.Harness.Engines.Native;

/// <summary>The kernel of a shared library.</summary>
internal sealed unsafe class NativeKernelEngine : IKernelEngine
{
    private readonly NativeLibraryExports _exports;
    private readonly int _callSize;
    private readonly bool _transposed;
    private readonly delegate* unmanaged[Cdecl]<NativeKernelCall*, int> _run, _supports;

    /// <summary>Takes its functions.</summary>
    /// <param name="exports">The library.</param>
    /// <param name="sizes">Of its structures.</param>
    /// <param name="precision">What it declares.</param>
    /// <param name="forms">Which calls it takes.</param>
    /// <param name="transposed">Whether it keeps a head's state as <c>[V, K]</c>.</param>
    public NativeKernelEngine(
        NativeLibraryExports exports, NativeSizes sizes, KernelPrecision precision, KernelForms forms, bool transposed)
    {
        (_exports, Precision, Forms, _transposed) = (exports, precision, forms, transposed);
        _callSize = Math.Max(sizes.KernelCall, sizeof(NativeKernelCall));
        _run = (delegate* unmanaged[Cdecl]<NativeKernelCall*, int>)exports.Required("gdn_kernel_run");
        _supports = (delegate* unmanaged[Cdecl]<NativeKernelCall*, int>)exports.Optional("gdn_kernel_supports");
    }

    /// <inheritdoc/>
    public string Name => _exports.Library;

    /// <inheritdoc/>
    public KernelPrecision Precision { get; }

    /// <inheritdoc/>
    public KernelForms Forms { get; }

    /// <inheritdoc/>
    public bool Supports(in KernelShape shape)
    {
        if (_supports == null) return true;
        byte* call = stackalloc byte[_callSize];
        *(NativeKernelCall*)call = Sizes(shape);
        fixed (int* offsets = shape.Lengths.Offsets())
        {
            ((NativeKernelCall*)call)->Offsets = offsets;
            return _supports((NativeKernelCall*)call) != 0;
        }
    }

    /// <inheritdoc/>
    public void Run(in KernelCall call)
    {
        // In place, so that the kernel sees the caller's guarded buffers.
        if (_transposed) Transpose(call.Pool, call.Shape.Rule.KeyDim, call.Shape.Rule.ValueDim);
        int status;
        fixed (float* q = call.Q, k = call.K, v = call.V, g = call.G, beta = call.Beta)
        fixed (float* pool = call.Pool, output = call.Output, snapshots = call.Snapshots)
        fixed (float* aLog = call.ALog, timeStepBias = call.TimeStepBias)
        fixed (int* rows = call.Rows, offsets = call.Offsets)
        {
            byte* native = stackalloc byte[_callSize];
            *(NativeKernelCall*)native = Sizes(call.Shape) with
            {
                Q = q,
                K = k,
                V = v,
                G = g,
                Beta = beta,
                RowOfSequence = rows,
                Pool = pool,
                Output = output,
                Snapshots = snapshots,
                Offsets = offsets,
                ALog = aLog,
                TimeStepBias = timeStepBias,
            };
            status = _run((NativeKernelCall*)native);
        }

        _exports.Check("gdn_kernel_run", status);
        if (!_transposed) return;
        Transpose(call.Pool, call.Shape.Rule.ValueDim, call.Shape.Rule.KeyDim);
        Transpose(call.Snapshots, call.Shape.Rule.ValueDim, call.Shape.Rule.KeyDim);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Libraries stay loaded until the process ends.
    }

    private static NativeKernelCall Sizes(in KernelShape shape) => new()
    {
        Sequences = shape.Sequences,
        Tokens = shape.Rule.Tokens,
        KeyHeads = shape.Rule.KeyHeads,
        ValueHeads = shape.Rule.ValueHeads,
        KeyDim = shape.Rule.KeyDim,
        ValueDim = shape.Rule.ValueDim,
        GatePerChannel = shape.Rule.PerChannelGate ? 1 : 0,
        HeadMap = shape.HeadMap == HeadMap.Tiled ? 0 : 1,
        Planes = shape.Planes,
        Rows = shape.PoolRows,
        Flags = (NativeKernelFlags)shape.Forms,
        TotalTokens = shape.TotalTokens,
    };

    // Matrices [rows, columns], one after the other, to [columns, rows].
    private static void Transpose(Span<float> matrices, int rows, int columns)
    {
        var copy = new float[rows * columns];
        for (int start = 0; start < matrices.Length; start += copy.Length)
        {
            Span<float> matrix = matrices.Slice(start, copy.Length);
            matrix.CopyTo(copy);
            for (int i = 0; i < rows; i++)
                for (int j = 0; j < columns; j++) matrix[j * rows + i] = copy[i * columns + j];
        }
    }
}
