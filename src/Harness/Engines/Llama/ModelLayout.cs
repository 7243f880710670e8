namespace Gdn.Harness.Engines.Llama;

/// <summary>Where the fields of <c>llama_model_params</c> lie that are set.</summary>
/// <param name="GpuLayers">n_gpu_layers</param>
internal sealed record ModelLayout(int GpuLayers)
{
    /// <summary>Recognises the defaults.</summary>
    /// <exception cref="NotRecognisedException">They are unknown.</exception>
    public static ModelLayout Of(LlamaDialect dialect, ReadOnlySpan<byte> defaults)
    {
        const int splitByLayer = 1;
        var fields = new ParameterLayout(defaults);
        // ik names devices in a text; mainline lists them, and buffers for tensors.
        fields.TakeNulls("devices", dialect == LlamaDialect.Ik ? 1 : 2);
        // None, as many as there are, or more than any model has.
        int gpuLayers = fields.Take("n_gpu_layers", value => value is -1 or 0 or 99 or 999);
        if (dialect == LlamaDialect.Ik) fields.Take("mla", value => value is >= 0 and <= 3);
        fields.Take("split_mode", splitByLayer);
        return new ModelLayout(gpuLayers);
    }
}
