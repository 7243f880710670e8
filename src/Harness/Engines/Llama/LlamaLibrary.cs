using System.Runtime.InteropServices;
using Gdn.Harness.Engines.Foreign;
using Gdn.Reference;

namespace Gdn.Harness.Engines.Llama;

/// <summary>A libllama in this process, with the layout of its structures. It stays: its backends cannot be unloaded.</summary>
internal sealed unsafe class LlamaLibrary
{
    private const string WayOut =
        "compile docs/examples/llama_engine.c against this library's own llama.h, and use it as native:LIB (docs/llama.md)";

    private static readonly Version FirstAsTrained = new(0, 25);

    private readonly string _folder;
    private readonly List<nint> _handles = [];
    private readonly byte[] _modelDefaults, _contextDefaults;

    private LlamaLibrary(string folder)
    {
        _folder = folder;
        // In the order in which they need each other, so that each finds the others loaded whatever its search path says.
        if (LibraryFolder.Contains(folder, "ggml-base")) _handles.Add(LibraryFolder.Load(folder, "ggml-base"));
        _handles.Add(LibraryFolder.Load(folder, "ggml"));
        _handles.Add(LibraryFolder.Load(folder, "llama"));
        Dialect = TryFind("llama_memory_seq_rm") != 0 ? LlamaDialect.Mainline
            : TryFind("llama_kv_cache_seq_rm") != 0 ? LlamaDialect.Ik
            : throw Refused("it has neither llama_memory_seq_rm nor llama_kv_cache_seq_rm", WayOut);
        Api = new LlamaApi(Dialect, Find);
        (_modelDefaults, _contextDefaults) = (Api.ModelDefaults().ToArray(), Api.ContextDefaults().ToArray());
        try
        {
            ModelLayout = ModelLayout.Of(Dialect, _modelDefaults);
        }
        catch (NotRecognisedException e)
        {
            throw Refused($"its llama_model_params are of an unknown version: {e.Message}", WayOut);
        }

        try
        {
            ContextLayout = ContextLayout.Of(Dialect, _contextDefaults);
        }
        catch (NotRecognisedException e)
        {
            throw Refused($"its llama_context_params are of an unknown version: {e.Message}", WayOut);
        }

        Api.SetLog(LlamaLog.Callback, null);
        LoadBackends();
        Api.Initialise();
    }

    /// <summary>Whose it is.</summary>
    public LlamaDialect Dialect { get; }

    /// <summary>Its functions.</summary>
    public LlamaApi Api { get; }

    /// <summary>Fields of <c>llama_model_params</c>.</summary>
    public ModelLayout ModelLayout { get; }

    /// <summary>Fields of <c>llama_context_params</c>.</summary>
    public ContextLayout ContextLayout { get; }

    /// <summary>Whether it has no device but the CPU.</summary>
    public bool IsCpuOnly => Devices() is ["CPU"];

    /// <summary>
    /// Whether the epsilon of unit keys and queries is under the root. Mainline had it for the least norm until August 2026, ik has
    /// hardly any.
    /// </summary>
    public bool NormalisesAsTrained =>
        Dialect == LlamaDialect.Mainline && Version.TryParse(Text("ggml_version"), out Version? version) && version >= FirstAsTrained;

    /// <summary>What it says of itself, for example <c>llama.cpp, ggml 0.25.1 (0ad4a86), devices CPU</c>.</summary>
    public string Description => string.Join(
        ", ",
        ((string?[])
        [
            Dialect == LlamaDialect.Ik ? "ik_llama.cpp" : "llama.cpp",
            Text("ggml_version") is { Length: > 0 } version ? $"ggml {version} ({Text("ggml_commit")})" : null,
            Devices() is { Length: > 0 } devices ? $"devices {string.Join(" ", devices)}" : null,
        ]).OfType<string>());

    /// <summary>Loads the libraries of a folder.</summary>
    /// <exception cref="EnvironmentException">They are missing, or of another machine.</exception>
    /// <exception cref="InputException">It is no libllama, or one of an unknown version.</exception>
    public static LlamaLibrary Open(string folder) => new(Path.GetFullPath(folder));

    /// <summary>The defaults for a model, to be changed.</summary>
    public LlamaFields ModelParameters() => new([.. _modelDefaults]);

    /// <summary>The defaults for a context, to be changed.</summary>
    public LlamaFields ContextParameters() => new([.. _contextDefaults]);

    /// <summary>The exception for a library that took a field for another.</summary>
    public InputException Misread(string problem) => Refused(problem, WayOut);

    private void LoadBackends()
    {
        // ik's are part of its libggml.
        var load = (delegate* unmanaged[Cdecl]<byte*, void>)TryFind("ggml_backend_load_all_from_path");
        if (load == null) return;
        nint path = Marshal.StringToCoTaskMemUTF8(_folder);
        load((byte*)path);
        Marshal.FreeCoTaskMem(path);
    }

    private string[] Devices()
    {
        var count = (delegate* unmanaged[Cdecl]<nuint>)TryFind("ggml_backend_dev_count");
        var device = (delegate* unmanaged[Cdecl]<nuint, nint>)TryFind("ggml_backend_dev_get");
        var name = (delegate* unmanaged[Cdecl]<nint, byte*>)TryFind("ggml_backend_dev_name");
        if (count == null || device == null || name == null) return [];
        var names = new string[(int)count()];
        for (int i = 0; i < names.Length; i++) names[i] = Marshal.PtrToStringUTF8((nint)name(device((nuint)i))) ?? "";
        return names;
    }

    private string Text(string function)
    {
        var call = (delegate* unmanaged[Cdecl]<byte*>)TryFind(function);
        return call == null ? "" : Marshal.PtrToStringUTF8((nint)call()) ?? "";
    }

    private nint Find(string name) => TryFind(name) is var address and not 0
        ? address
        : throw Refused($"it has no {name}", WayOut);

    private nint TryFind(string name)
    {
        foreach (nint handle in _handles)
            if (NativeLibrary.TryGetExport(handle, name, out nint address)) return address;
        return 0;
    }

    private InputException Refused(string problem, string remedy) => new($"libllama of {_folder}", problem, remedy);
}
