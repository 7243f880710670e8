using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Gdn.Harness.Engines.Foreign;
using Gdn.Reference;

namespace Gdn.Harness.Engines.Ggml;

/// <summary>
/// A libggml whose <c>ggml_gated_delta_net</c> is the one that this engine knows. The name of that function never changed,
/// but its layouts did: state transposed, heads tiled, snapshots turned round, a last argument added in 0.14. A library
/// of another kind is refused rather than misread.
/// </summary>
internal sealed unsafe partial class GgmlLibrary
{
    private static readonly Version OldestKnown = new(0, 14);
    private static readonly Lock Gate = new();
    private static GgmlLibrary? Loaded;

    private readonly List<nint> _handles = [];
    private readonly string _folder;

    // Loads and checks what defines the op. Backends come later, for they cannot be unloaded.
    private GgmlLibrary(string folder)
    {
        _folder = folder;
        _handles.Add(LibraryFolder.Load(folder, "ggml-base"));
        try
        {
            Version = CheckVersion();
            Api = new GgmlApi(Find);
            CheckResultShape();
        }
        catch
        {
            NativeLibrary.Free(_handles[0]);
            throw;
        }
    }

    /// <summary>As the library says, for example <c>0.25.1</c>.</summary>
    public string Version { get; }

    /// <summary>Its functions.</summary>
    public GgmlApi Api { get; }

    /// <summary>Loads the libraries of a folder, once in the life of the process.</summary>
    /// <exception cref="EnvironmentException">They are missing or cannot be loaded.</exception>
    /// <exception cref="InputException">
    /// They are too old, not ggml's own, or not the first that this process loads: their backends register globally.
    /// </exception>
    public static GgmlLibrary Open(string folder)
    {
        string full = Path.GetFullPath(folder);
        lock (Gate)
        {
            if (Loaded?._folder == full) return Loaded;
            var library = new GgmlLibrary(full);
            if (Loaded is not null)
            {
                NativeLibrary.Free(library._handles[0]);
                throw new InputException(
                    full, $"the libggml of {Loaded._folder} is loaded already", "run the two one after the other");
            }

            library.LoadBackends();
            return Loaded = library;
        }
    }

    /// <summary>A CPU backend; to be freed.</summary>
    /// <exception cref="EnvironmentException">The folder has no CPU backend for this machine.</exception>
    public nint CreateCpuBackend()
    {
        var create = (delegate* unmanaged[Cdecl]<byte*, byte*, nint>)Find("ggml_backend_init_by_name");
        fixed (byte* name = "CPU"u8)
        {
            nint backend = create(name, null);
            return backend != 0 ? backend : throw new EnvironmentException(
                _folder, "it contains no CPU backend for this machine", "add libggml-cpu, or its variants");
        }
    }

    /// <summary>A function that only the CPU backend has.</summary>
    public nint FindCpuFunction(nint backend, ReadOnlySpan<byte> name)
    {
        fixed (byte* text = name)
        {
            nint address = Api.ProcAddress(Api.RegistryOf(Api.DeviceOf(backend)), text);
            return address != 0 ? address : throw Refused(
                $"its CPU backend has no {System.Text.Encoding.ASCII.GetString(name)}");
        }
    }

    private nint Find(string name)
    {
        foreach (nint handle in _handles)
            if (NativeLibrary.TryGetExport(handle, name, out nint address)) return address;
        throw Refused($"it has no {name}");
    }

    private string CheckVersion()
    {
        string text = Marshal.PtrToStringUTF8(((delegate* unmanaged[Cdecl]<nint>)Find("ggml_version"))()) ?? "";
        Match match = VersionForm().Match(text);
        Version version = match.Success
            ? new Version(Number(match.Groups[1]), Number(match.Groups[2]))
            : throw Refused($"it calls itself version '{text}'");
        return version >= OldestKnown ? text : throw Refused(
            $"it is version {text}, whose ggml_gated_delta_net has other arguments and layouts");
    }

    // What the result should hold of two tokens and two snapshots; nothing is computed.
    private void CheckResultShape()
    {
        const int dim = 16, heads = 2, tokens = 2, planes = 2;
        using var context = new GgmlContext(Api);
        nint keys = context.NewTensor(dim, 1, tokens, 1), values = context.NewTensor(dim, heads, tokens, 1);
        nint gates = context.NewTensor(1, heads, tokens, 1), state = context.NewTensor(dim, dim, heads, 1);
        nint result = Api.GatedDeltaNet(context.Handle, keys, keys, values, gates, gates, state, planes);
        nuint expected = sizeof(float) * dim * heads * (tokens + planes * dim);
        nuint actual = Api.Bytes(result);
        if (actual != expected)
            throw Refused(string.Create(
                CultureInfo.InvariantCulture,
                $"its ggml_gated_delta_net returns {actual} bytes where output and two snapshots need {expected}"));
    }

    // As it loads them, ggml would tell so on standard error.
    private void LoadBackends()
    {
        _handles.Add(LibraryFolder.Load(_folder, "ggml"));
        ((delegate* unmanaged[Cdecl]<delegate* unmanaged[Cdecl]<int, byte*, void*, void>, void*, void>)
            Find("ggml_log_set"))(&Log, null);
        var load = (delegate* unmanaged[Cdecl]<nint, void>)Find("ggml_backend_load_all_from_path");
        nint path = Marshal.StringToCoTaskMemUTF8(_folder);
        load(path);
        Marshal.FreeCoTaskMem(path);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Log(int level, byte* text, void* userData)
    {
        const int warning = 3, error = 4;
        if (level is warning or error) Console.Error.Write(Marshal.PtrToStringUTF8((nint)text));
    }

    private InputException Refused(string problem) => new(
        $"libggml of {_folder}", problem, $"use ggml {OldestKnown} or newer, as in the releases of llama.cpp");

    private static int Number(Group digits) => int.Parse(digits.ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^([0-9]{1,5})\.([0-9]{1,5})(\.|$)", RegexOptions.CultureInvariant)]
    private static partial Regex VersionForm();
}
