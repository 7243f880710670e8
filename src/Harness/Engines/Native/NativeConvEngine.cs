using Gdn.Reference.Kernels;

namespace Gdn.Harness.Engines.Native;

/// <summary>The convolution of a shared library.</summary>
internal sealed unsafe class NativeConvEngine : IConvEngine
{
    private readonly NativeLibraryExports _exports;
    private readonly int _callSize;
    private readonly delegate* unmanaged[Cdecl]<NativeConvCall*, int> _run, _supports;

    /// <summary>Takes its functions.</summary>
    /// <param name="exports">The library.</param>
    /// <param name="sizes">Of its structures.</param>
    /// <param name="precision">What it declares.</param>
    public NativeConvEngine(NativeLibraryExports exports, NativeSizes sizes, KernelPrecision precision)
    {
        (_exports, _callSize, Precision) = (exports, sizes.ConvCall, precision);
        _run = (delegate* unmanaged[Cdecl]<NativeConvCall*, int>)exports.Required("gdn_conv_run");
        _supports = (delegate* unmanaged[Cdecl]<NativeConvCall*, int>)exports.Optional("gdn_conv_supports");
    }

    /// <inheritdoc/>
    public string Name => _exports.Library;

    /// <inheritdoc/>
    public KernelPrecision Precision { get; }

    /// <inheritdoc/>
    public bool Supports(in ConvCallShape shape)
    {
        byte* call = stackalloc byte[_callSize];
        *(NativeConvCall*)call = Sizes(shape);
        return _supports == null || _supports((NativeConvCall*)call) != 0;
    }

    /// <inheritdoc/>
    public void Run(in ConvCall call)
    {
        int status;
        fixed (float* x = call.X, weights = call.Weights, bias = call.Bias)
        fixed (float* pool = call.Pool, output = call.Output, snapshots = call.Snapshots)
        fixed (int* rows = call.Rows)
        {
            byte* native = stackalloc byte[_callSize];
            *(NativeConvCall*)native = Sizes(call.Shape) with
            {
                X = x,
                Weights = weights,
                Bias = call.Shape.HasBias ? bias : null,
                RowOfSequence = rows,
                Pool = pool,
                Output = output,
                Snapshots = snapshots,
            };
            status = _run((NativeConvCall*)native);
        }

        _exports.Check("gdn_conv_run", status);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Libraries stay loaded until the process ends.
    }

    private static NativeConvCall Sizes(in ConvCallShape shape) => new()
    {
        Sequences = shape.Sequences,
        Tokens = shape.Tokens,
        Channels = shape.Channels,
        Width = shape.Width,
        Planes = shape.Planes,
        Rows = shape.PoolRows,
        HasBias = shape.HasBias ? 1 : 0,
        HasSiLU = shape.HasSiLU ? 1 : 0,
    };
}
