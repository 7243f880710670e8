namespace Gdn.Harness.Engines.Llama;

/// <summary>
/// Entry points of libllama, found by name. In both dialects a sequence's memory is a handle, mainline's own or ik's context;
/// the functions on it take the same arguments otherwise.
/// </summary>
internal sealed unsafe class LlamaApi
{
    public readonly delegate* unmanaged[Cdecl]<LlamaParameters> ModelDefaults;
    public readonly delegate* unmanaged[Cdecl]<LlamaParameters> ContextDefaults;
    public readonly delegate* unmanaged[Cdecl]<void> Initialise;
    public readonly delegate* unmanaged[Cdecl]<delegate* unmanaged[Cdecl]<int, byte*, void*, void>, void*, void> SetLog;
    public readonly delegate* unmanaged[Cdecl]<byte*, LlamaParameters, nint> LoadModel;
    public readonly delegate* unmanaged[Cdecl]<nint, nint> VocabularyOf;
    public readonly delegate* unmanaged[Cdecl]<nint, int> TokenCount;
    public readonly delegate* unmanaged[Cdecl]<nint, LlamaParameters, nint> CreateContext;
    public readonly delegate* unmanaged[Cdecl]<nint, void> FreeContext;
    public readonly delegate* unmanaged[Cdecl]<nint, uint> Ubatch;
    public readonly delegate* unmanaged[Cdecl]<nint, uint> Sequences;
    public readonly delegate* unmanaged[Cdecl]<nint, LlamaBatch, int> Decode;
    public readonly delegate* unmanaged[Cdecl]<nint, int, float*> Row;
    public readonly delegate* unmanaged[Cdecl]<nint, byte, void> ClearMemory;
    public readonly delegate* unmanaged[Cdecl]<nint, int, int, int, byte> Remove;
    public readonly delegate* unmanaged[Cdecl]<nint, int, int, int, int, void> Copy;
    public readonly delegate* unmanaged[Cdecl]<nint, int, int> LastPosition;

    // The last argument, flags, is ik's alone; a callee that does not know it does not look at it.
    public readonly delegate* unmanaged[Cdecl]<nint, int, uint, nuint> StateSize;
    public readonly delegate* unmanaged[Cdecl]<nint, byte*, nuint, int, uint, nuint> SaveState;
    public readonly delegate* unmanaged[Cdecl]<nint, byte*, nuint, int, uint, nuint> LoadState;

    private readonly delegate* unmanaged[Cdecl]<nint, nint> _memory;

    /// <summary>Looks all of them up.</summary>
    /// <param name="dialect">Whose names to look for.</param>
    /// <param name="find">Address of an exported name; throws if it is not exported.</param>
    public LlamaApi(LlamaDialect dialect, Func<string, nint> find)
    {
        string memory = dialect == LlamaDialect.Ik ? "llama_kv_cache_" : "llama_memory_";
        ModelDefaults = (delegate* unmanaged[Cdecl]<LlamaParameters>)find("llama_model_default_params");
        ContextDefaults = (delegate* unmanaged[Cdecl]<LlamaParameters>)find("llama_context_default_params");
        Initialise = (delegate* unmanaged[Cdecl]<void>)find("llama_backend_init");
        SetLog = (delegate* unmanaged[Cdecl]<delegate* unmanaged[Cdecl]<int, byte*, void*, void>, void*, void>)find("llama_log_set");
        LoadModel = (delegate* unmanaged[Cdecl]<byte*, LlamaParameters, nint>)find("llama_model_load_from_file");
        VocabularyOf = (delegate* unmanaged[Cdecl]<nint, nint>)find("llama_model_get_vocab");
        TokenCount = (delegate* unmanaged[Cdecl]<nint, int>)find("llama_vocab_n_tokens");
        CreateContext = (delegate* unmanaged[Cdecl]<nint, LlamaParameters, nint>)find("llama_init_from_model");
        FreeContext = (delegate* unmanaged[Cdecl]<nint, void>)find("llama_free");
        Ubatch = (delegate* unmanaged[Cdecl]<nint, uint>)find("llama_n_ubatch");
        Sequences = (delegate* unmanaged[Cdecl]<nint, uint>)find("llama_n_seq_max");
        Decode = (delegate* unmanaged[Cdecl]<nint, LlamaBatch, int>)find("llama_decode");
        Row = (delegate* unmanaged[Cdecl]<nint, int, float*>)find("llama_get_logits_ith");
        ClearMemory = (delegate* unmanaged[Cdecl]<nint, byte, void>)find(memory + "clear");
        Remove = (delegate* unmanaged[Cdecl]<nint, int, int, int, byte>)find(memory + "seq_rm");
        Copy = (delegate* unmanaged[Cdecl]<nint, int, int, int, int, void>)find(memory + "seq_cp");
        LastPosition = (delegate* unmanaged[Cdecl]<nint, int, int>)find(memory + "seq_pos_max");
        StateSize = (delegate* unmanaged[Cdecl]<nint, int, uint, nuint>)find("llama_state_seq_get_size");
        SaveState = (delegate* unmanaged[Cdecl]<nint, byte*, nuint, int, uint, nuint>)find("llama_state_seq_get_data");
        LoadState = (delegate* unmanaged[Cdecl]<nint, byte*, nuint, int, uint, nuint>)find("llama_state_seq_set_data");
        if (dialect == LlamaDialect.Mainline) _memory = (delegate* unmanaged[Cdecl]<nint, nint>)find("llama_get_memory");
    }

    /// <summary>The handle of a context's memory.</summary>
    public nint MemoryOf(nint context) => _memory == null ? context : _memory(context);
}
