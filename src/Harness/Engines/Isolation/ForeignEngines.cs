using Gdn.Harness.Engines.Assemblies;
using Gdn.Harness.Engines.Foreign;
using Gdn.Harness.Engines.Ggml;
using Gdn.Harness.Engines.Native;
using Gdn.Reference;

namespace Gdn.Harness.Engines.Isolation;

/// <summary>The kinds of foreign engines, by the prefix of their names.</summary>
internal static class ForeignEngines
{
    private static readonly (string Prefix, Func<string, LoadedEngine> Load)[] Kinds =
    [
        ("native:", NativeEngine.Load),
        ("assembly:", AssemblyEngine.Load),
        ("ggml:", folder => new LoadedEngine(new GgmlKernelEngine(folder), Models: null)),
    ];

    /// <summary>Whether an engine of this name is foreign.</summary>
    public static bool Includes(string name) => Kinds.Any(kind => name.StartsWith(kind.Prefix, StringComparison.Ordinal));

    /// <summary>Loads an engine into this process.</summary>
    /// <param name="name">As on the command line.</param>
    /// <exception cref="InputException">It is not an engine, or one for another version.</exception>
    /// <exception cref="EnvironmentException">It cannot be loaded.</exception>
    public static LoadedEngine Load(string name)
    {
        (string prefix, Func<string, LoadedEngine> load) =
            Kinds.First(kind => name.StartsWith(kind.Prefix, StringComparison.Ordinal));
        return load(name[prefix.Length..]);
    }
}
