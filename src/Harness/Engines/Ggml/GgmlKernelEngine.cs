using Gdn.Reference;
using Gdn.Reference.Kernels;

namespace Gdn.Harness.Engines.Ggml;

/// <summary>
/// <c>ggml_gated_delta_net</c> of a real libggml, on its CPU backend: <c>ggml:DIR</c>. Guard zones round the buffers are
/// not ggml's own, so writes outside them are not seen.
/// </summary>
public sealed class GgmlKernelEngine : ITimedKernelEngine
{
    private readonly GgmlLibrary _library;
    private readonly GgmlBackend _backend;

    /// <summary>Loads a libggml.</summary>
    /// <param name="folder">Folder with libggml-base, libggml and libggml-cpu or its variants.</param>
    /// <param name="threads">Threads that ggml computes with.</param>
    /// <exception cref="EnvironmentException">A library is missing or cannot be loaded.</exception>
    /// <exception cref="Gdn.Reference.InputException">The library's layouts are not those that are known.</exception>
    public GgmlKernelEngine(string folder, int threads = 1)
    {
        Name = $"ggml:{folder}";
        _library = GgmlLibrary.Open(folder);
        _backend = new GgmlBackend(_library, threads);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public string Version => _library.Version;

    /// <inheritdoc/>
    public KernelPrecision Precision => KernelPrecision.AllF32;

    /// <summary>The states that ggml knows are square.</summary>
    public bool Supports(in KernelShape shape) => shape.Rule.KeyDim == shape.Rule.ValueDim;

    /// <inheritdoc/>
    public void Run(in KernelCall call)
    {
        using IPreparedKernel prepared = Prepare(call);
        prepared.Run();
        prepared.Store(call);
    }

    /// <inheritdoc/>
    public IPreparedKernel Prepare(in KernelCall call) => new GgmlPreparedKernel(_library.Api, _backend, call);

    /// <inheritdoc/>
    public void Dispose() => _backend.Dispose();
}
