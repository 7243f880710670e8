using System.Reflection;
using System.Runtime.Loader;
using Gdn.Reference;

namespace Gdn.Harness.Engines.Assemblies;

/// <summary>
/// The dependencies of an engine's assembly, apart from those of the tool: whatever the tool consists of is shared, so that
/// its interfaces are the same types on both sides; everything else comes from the assembly's own folder.
/// </summary>
internal sealed class EngineLoadContext : AssemblyLoadContext
{
    private static readonly AssemblyName Tool = typeof(EngineLoadContext).Assembly.GetName();
    private static readonly string[] Shared = ["gdn-harness", "Gdn.Optimized", "Gdn.Reference"];
    private readonly AssemblyDependencyResolver _resolver;

    private EngineLoadContext(string path) => _resolver = new AssemblyDependencyResolver(path);

    /// <summary>Loads an engine's assembly.</summary>
    /// <exception cref="InputException">It is not there, no .NET assembly, or built for another version of the tool.</exception>
    /// <exception cref="EnvironmentException">It cannot be loaded here.</exception>
    public static Assembly Load(string path)
    {
        string full = Path.GetFullPath(path);
        if (!File.Exists(full))
            throw new InputException(path, "it does not exist", "give the path of a .NET assembly, as assembly:PATH");
        try
        {
            Assembly assembly = new EngineLoadContext(full).LoadFromAssemblyPath(full);
            CheckVersion(path, assembly);
            return assembly;
        }
        catch (BadImageFormatException)
        {
            throw new InputException(path, "it is no .NET assembly", "give the DLL that your project builds");
        }
        catch (Exception e) when (e is FileLoadException or InvalidOperationException)
        {
            throw new EnvironmentException(
                path, $"it cannot be loaded ({e.Message.ReplaceLineEndings(" ")})", "build it for this version of .NET", e);
        }
    }

    /// <inheritdoc/>
    protected override Assembly? Load(AssemblyName assemblyName)
    {
        if (Shared.Contains(assemblyName.Name))
            return Default.LoadFromAssemblyName(new AssemblyName(assemblyName.Name!));
        return _resolver.ResolveAssemblyToPath(assemblyName) is { } path ? LoadFromAssemblyPath(path) : null;
    }

    /// <inheritdoc/>
    protected override nint LoadUnmanagedDll(string unmanagedDllName) =>
        _resolver.ResolveUnmanagedDllToPath(unmanagedDllName) is { } path ? LoadUnmanagedDllFromPath(path) : 0;

    private static void CheckVersion(string path, Assembly assembly)
    {
        AssemblyName? reference = assembly.GetReferencedAssemblies().FirstOrDefault(name => name.Name == Tool.Name);
        (Version ours, Version? theirs) = (Tool.Version!, reference?.Version);
        if (theirs is not null && (theirs.Major, theirs.Minor) != (ours.Major, ours.Minor))
            throw new InputException(
                path, $"it was built against version {theirs.ToString(2)} of the tool; this is {ours.ToString(2)}",
                "build it against the assemblies of this version");
    }
}
