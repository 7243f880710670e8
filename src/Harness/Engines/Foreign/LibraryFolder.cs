using Gdn.Reference;

namespace Gdn.Harness.Engines.Foreign;

/// <summary>Finds the libraries of a folder under the names that they go by on each system.</summary>
internal static class LibraryFolder
{
    private const string Remedy = "give the folder that holds the shared libraries of llama.cpp, built for this machine";

    private static (string Prefix, string Extension) Naming =>
        OperatingSystem.IsWindows() ? ("", ".dll") : OperatingSystem.IsMacOS() ? ("lib", ".dylib") : ("lib", ".so");

    /// <summary>Whether there is a library of that name.</summary>
    public static bool Contains(string folder, string name) => Find(folder, name) is not null;

    /// <summary>Loads a library: <c>libNAME.so</c>, or with a version, <c>libNAME.so.0</c> or <c>libNAME.v0.5.0.so</c>.</summary>
    /// <param name="folder">Where to look.</param>
    /// <param name="name">Name without prefix and extension, for example <c>ggml-base</c>.</param>
    /// <exception cref="EnvironmentException">There is none, or it cannot be loaded.</exception>
    public static nint Load(string folder, string name)
    {
        string path = Find(folder, name)
            ?? throw new EnvironmentException(folder, $"it contains no {Naming.Prefix}{name}{Naming.Extension}", Remedy);
        return SharedLibrary.Load(path, Remedy);
    }

    private static string? Find(string folder, string name)
    {
        (string prefix, string extension) = Naming;
        string file = prefix + name;
        if (!Directory.Exists(folder)) throw new EnvironmentException(folder, "there is no such folder", Remedy);
        return new[] { file + extension, file + extension + ".*", file + ".*" + extension }
            .SelectMany(pattern => Directory.EnumerateFiles(folder, pattern).Order(StringComparer.Ordinal))
            .FirstOrDefault();
    }
}
