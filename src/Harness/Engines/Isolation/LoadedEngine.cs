using Gdn.Harness.Engines.Assemblies;
using Gdn.Harness.Engines.Ggml;
using Gdn.Harness.Engines.Native;
using Gdn.Reference;
using Gdn.Reference.Engines;
using Gdn.Reference.Kernels;

namespace Gdn.Harness.Engines.Isolation;

/// <summary>A foreign engine in the process that runs it.</summary>
/// <param name="Kernel">Its kernel, or null.</param>
/// <param name="Models">Its model level, or null.</param>
internal sealed record LoadedEngine(IKernelEngine? Kernel, IEngineFactory? Models)
{
    private static readonly (string Prefix, Func<string, LoadedEngine> Load)[] s_kinds =
    [
        ("native:", NativeEngine.Load),
        ("assembly:", AssemblyEngine.Load),
        ("ggml:", folder => new LoadedEngine(new GgmlKernelEngine(folder), Models: null)),
    ];

    /// <summary>Whether an engine of this name is foreign.</summary>
    public static bool IsForeign(string name) => s_kinds.Any(kind => name.StartsWith(kind.Prefix, StringComparison.Ordinal));

    /// <summary>Loads an engine into this process.</summary>
    /// <param name="name">As on the command line.</param>
    /// <exception cref="InputException">It is no engine, or one for another version.</exception>
    /// <exception cref="EnvironmentException">It cannot be loaded.</exception>
    public static LoadedEngine Load(string name)
    {
        (string prefix, Func<string, LoadedEngine> load) =
            s_kinds.First(kind => name.StartsWith(kind.Prefix, StringComparison.Ordinal));
        return load(name[prefix.Length..]);
    }
}
