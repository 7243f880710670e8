namespace Gdn.Harness.Engines.Ggml;

/// <summary>
/// A CPU backend of ggml with its own threads, as llama-server runs it: a pool that is kept, for without one ggml starts
/// and ends its threads in every call.
/// </summary>
internal sealed unsafe class GgmlBackend : IDisposable
{
    // More than struct ggml_threadpool_params ever took; ggml itself fills it in.
    private const int ParamsBytes = 4096;

    private readonly GgmlLibrary _library;
    private readonly nint _pool;

    /// <summary>Starts it.</summary>
    /// <param name="library">Where from.</param>
    /// <param name="threads">At least 1.</param>
    public GgmlBackend(GgmlLibrary library, int threads)
    {
        _library = library;
        Handle = library.CreateCpuBackend();
        ((delegate* unmanaged[Cdecl]<nint, int, void>)library.FindCpuFunction(Handle, "ggml_backend_set_n_threads"u8))(
            Handle, threads);
        if (threads == 1) return;

        byte* parameters = stackalloc byte[ParamsBytes];
        library.Api.InitThreadPoolParams(parameters, threads);
        _pool = ((delegate* unmanaged[Cdecl]<void*, nint>)library.FindCpuFunction(Handle, "ggml_threadpool_new"u8))(
            parameters);
        ((delegate* unmanaged[Cdecl]<nint, nint, void>)library.FindCpuFunction(
            Handle, "ggml_backend_cpu_set_threadpool"u8))(Handle, _pool);
    }

    /// <summary>The <c>ggml_backend_t</c>.</summary>
    public nint Handle { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_pool != 0)
            ((delegate* unmanaged[Cdecl]<nint, void>)_library.FindCpuFunction(Handle, "ggml_threadpool_free"u8))(_pool);
        _library.Api.FreeBackend(Handle);
    }
}
