namespace Gdn.Harness.Engines.Ggml;

/// <summary>A ggml context: room for the descriptions of some tensors and a graph, not for their data.</summary>
internal sealed unsafe class GgmlContext : IDisposable
{
    private const int Tensors = 16;
    private readonly GgmlApi _api;

    /// <summary>An empty context.</summary>
    public GgmlContext(GgmlApi api)
    {
        _api = api;
        Handle = api.Init(new GgmlInitParams(api.TensorOverhead() * Tensors + api.GraphOverhead(), 0, NoAlloc: 1));
        if (Handle == 0) throw new InvalidOperationException("ggml_init failed.");
    }

    /// <summary>The <c>ggml_context *</c>.</summary>
    public nint Handle { get; }

    /// <summary>A tensor of floats; as everywhere in ggml, <paramref name="ne0"/> is the fastest index.</summary>
    public nint NewTensor(long ne0, long ne1, long ne2, long ne3) =>
        _api.NewTensor(Handle, GgmlApi.F32, ne0, ne1, ne2, ne3);

    /// <inheritdoc/>
    public void Dispose() => _api.Free(Handle);
}
