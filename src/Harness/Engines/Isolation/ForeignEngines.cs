using Gdn.Harness.Engines.Assemblies;
using Gdn.Harness.Engines.Foreign;
using Gdn.Harness.Engines.Ggml;
using Gdn.Harness.Engines.Llama;
using Gdn.Harness.Engines.Native;
using Gdn.Harness.Throughput;
using Gdn.Reference;

namespace Gdn.Harness.Engines.Isolation;

/// <summary>The kinds of foreign engines, by the prefix of their names.</summary>
internal static class ForeignEngines
{
    private static readonly (string Prefix, Func<string, LoadedEngine> Load, Func<string, string> Absolute)[] Kinds =
    [
        ("native:", NativeEngine.Load, Path.GetFullPath),
        ("assembly:", AssemblyEngine.Load, AssemblyEngine.Absolute),
        ("ggml:", folder => new LoadedEngine(new GgmlKernelEngine(folder), Models: null), Path.GetFullPath),
        ("llama:", LlamaEngine.Load, LlamaOptions.Absolute),
    ];

    /// <summary>Whether an engine of this name is foreign.</summary>
    public static bool Includes(string name) => Kinds.Any(kind => name.StartsWith(kind.Prefix, StringComparison.Ordinal));

    /// <summary>Loads an engine into this process.</summary>
    /// <param name="name">As on the command line.</param>
    /// <exception cref="InputException">It is not an engine, or one for another version.</exception>
    /// <exception cref="EnvironmentException">It cannot be loaded.</exception>
    public static LoadedEngine Load(string name)
    {
        (string plain, double slowDown) = SlowDown.Split(name);
        if (slowDown > 0)
        {
            LoadedEngine engine = Load(plain);
            return engine.Models is { } models ? engine with { Models = new SlowDown(models, slowDown) } : engine;
        }

        (string prefix, Func<string, LoadedEngine> load, _) =
            Kinds.First(kind => name.StartsWith(kind.Prefix, StringComparison.Ordinal));
        return load(name[prefix.Length..]);
    }

    /// <summary>The name by which an engine is found from any folder: a foreign one's with its whole path, any other as it is.</summary>
    public static string Absolute(string name)
    {
        (string plain, double slowDown) = SlowDown.Split(name);
        if (slowDown > 0) return Absolute(plain) + name[plain.Length..];
        foreach ((string prefix, _, Func<string, string> absolute) in Kinds)
            if (name.StartsWith(prefix, StringComparison.Ordinal)) return prefix + absolute(name[prefix.Length..]);
        return name;
    }
}
