using System.Runtime.InteropServices;
using Gdn.Reference;

namespace Gdn.Harness.Engines.Ggml;

/// <summary>Finds the libraries of a folder under the names that they go by on each system.</summary>
internal static class GgmlFolder
{
    private static (string Prefix, string Extension) Naming =>
        OperatingSystem.IsWindows() ? ("", ".dll") : OperatingSystem.IsMacOS() ? ("lib", ".dylib") : ("lib", ".so");

    /// <summary>Loads a library: <c>libNAME.so</c>, or with a version, <c>libNAME.so.0</c> or <c>libNAME.v0.5.0.so</c>.</summary>
    /// <param name="folder">Where to look.</param>
    /// <param name="name">Name without prefix and extension, for example <c>ggml-base</c>.</param>
    /// <exception cref="EnvironmentException">There is none, or it cannot be loaded.</exception>
    public static nint Load(string folder, string name)
    {
        const string remedy = "give the folder that holds the shared libraries of llama.cpp, built for this machine";
        (string prefix, string extension) = Naming;
        string file = prefix + name;
        if (!Directory.Exists(folder)) throw new EnvironmentException(folder, "there is no such folder", remedy);
        string path = new[] { file + extension, file + extension + ".*", file + ".*" + extension }
            .SelectMany(pattern => Directory.EnumerateFiles(folder, pattern).Order(StringComparer.Ordinal))
            .FirstOrDefault()
            ?? throw new EnvironmentException(folder, $"it contains no {file}{extension}", remedy);
        try
        {
            return NativeLibrary.Load(Path.GetFullPath(path));
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
        {
            throw new EnvironmentException(path, $"it cannot be loaded ({FirstLine(e.Message)})", remedy, e);
        }
    }

    private static string FirstLine(string text) => text.Split('\n')[0].TrimEnd();
}
