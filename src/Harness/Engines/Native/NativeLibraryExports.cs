using System.Runtime.InteropServices;
using Gdn.Harness.Engines.Foreign;
using Gdn.Reference;

namespace Gdn.Harness.Engines.Native;

/// <summary>The functions of an engine's library, and what its return codes mean.</summary>
/// <param name="library">Name for errors.</param>
/// <param name="find">The address of an export, or 0.</param>
internal sealed unsafe class NativeLibraryExports(string library, Func<string, nint> find)
{
    private const int Ok = 0, Refused = 1;

    private readonly delegate* unmanaged[Cdecl]<byte*> _lastError = (delegate* unmanaged[Cdecl]<byte*>)find("gdn_last_error");

    /// <summary>Name for errors.</summary>
    public string Library => library;

    /// <summary>Opens a library.</summary>
    /// <exception cref="InputException">It is not there.</exception>
    /// <exception cref="EnvironmentException">It cannot be loaded.</exception>
    public static NativeLibraryExports Open(string path)
    {
        if (!File.Exists(path))
            throw new InputException(path, "it does not exist", "give the path of a shared library, as native:PATH");
        nint handle = SharedLibrary.Load(path, "build it as a shared library for this system");
        return new NativeLibraryExports(
            path, name => NativeLibrary.TryGetExport(handle, name, out nint address) ? address : 0);
    }

    /// <summary>The address of a function that may be left out, or 0.</summary>
    public nint Optional(string name) => find(name);

    /// <summary>The address of a function.</summary>
    /// <exception cref="InputException">The library does not export it.</exception>
    public nint Required(string name)
    {
        nint address = find(name);
        return address != 0 ? address : throw new InputException(
            library, $"it does not export {name}", "implement docs/gdn_engine.h, and export what it declares");
    }

    /// <summary>What is wrong with the library itself.</summary>
    public InputException Mismatch(string problem) => new(library, problem, "build it with the docs/gdn_engine.h of this version");

    /// <summary>Throws unless a call went well.</summary>
    /// <exception cref="InputException">The engine refused its input.</exception>
    /// <exception cref="InvalidOperationException">The call failed.</exception>
    public void Check(string function, int status)
    {
        if (status == Ok) return;
        string reason = _lastError == null ? "" : Marshal.PtrToStringUTF8((nint)_lastError()) ?? "";
        if (reason.Length == 0) reason = "it does not say why";
        if (status == Refused) throw new InputException($"{library}: {function}", reason, "the engine refuses it");
        throw new InvalidOperationException($"{function} returned {status}: {reason.ReplaceLineEndings(" ")}");
    }
}
