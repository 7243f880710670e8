using Gdn.Properties.Support;

namespace Gdn.Properties.Harness.Engines.Native;

/// <summary>The C sources that lie beside the tests, with the header and the example of docs/.</summary>
internal static class NativeSources
{
    private static readonly Lazy<string> Folder = new(() => Directory.CreateTempSubdirectory("gdn-native-").FullName);

    /// <summary>Compiles one, if that has not been done; the library's path.</summary>
    public static string Build(string source, params string[] definitions)
    {
        string library = Path.Combine(Folder.Value, $"{source}{string.Concat(definitions)}.so");
        if (!File.Exists(library))
            CCompiler.Build(Path.Combine(AppContext.BaseDirectory, "foreign", source), library, definitions);
        return library;
    }

    /// <summary>Compiles one with the header as it was: <c>version1</c>, or <c>version2</c> as first published.</summary>
    public static string BuildWithHeaderOf(string version, string source)
    {
        string folder = Directory.CreateDirectory(Path.Combine(Folder.Value, version, source)).FullName;
        string foreign = Path.Combine(AppContext.BaseDirectory, "foreign"), library = Path.Combine(folder, "library.so");
        File.Copy(Path.Combine(foreign, source), Path.Combine(folder, source), overwrite: true);
        File.Copy(Path.Combine(foreign, version, "gdn_engine.h"), Path.Combine(folder, "gdn_engine.h"), overwrite: true);
        CCompiler.Build(Path.Combine(folder, source), library);
        return library;
    }
}
