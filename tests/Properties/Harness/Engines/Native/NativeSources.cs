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
}
