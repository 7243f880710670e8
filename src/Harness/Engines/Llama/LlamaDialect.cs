namespace Gdn.Harness.Engines.Llama;

/// <summary>Whose libllama it is; told by the names of its functions.</summary>
internal enum LlamaDialect
{
    /// <summary>llama.cpp: <c>llama_memory_*</c>.</summary>
    Mainline,

    /// <summary>ik_llama.cpp: <c>llama_kv_cache_*</c>.</summary>
    Ik,
}
