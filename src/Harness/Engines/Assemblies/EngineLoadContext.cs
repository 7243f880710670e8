using System.Reflection;
using System.Runtime.Loader;
using Gdn.Reference;
using Gdn.Reference.Engines;

namespace Gdn.Harness.Engines.Assemblies;

/// <summary>
/// The dependencies of an engine's assembly, apart from those of the tool: whatever the tool consists of is shared, so that
/// its interfaces are the same types on both sides; everything else comes from the assembly's own folder.
/// </summary>
internal sealed class EngineLoadContext : AssemblyLoadContext
{
    // The contract with engines.
    private static readonly AssemblyName Contract = typeof(IModelEngine).Assembly.GetName();
    private static readonly string[] Shared = ["gdn-harness", "Gdn.Optimized", "Gdn.Reference"];
    private readonly AssemblyDependencyResolver _resolver;

    private EngineLoadContext(string path) => _resolver = new AssemblyDependencyResolver(path);

    /// <summary>Loads an engine's assembly.</summary>
    /// <exception cref="InputException">It does not exist, is not a .NET assembly, or was built for another version of the tool.</exception>
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
            throw new InputException(path, "it is not a .NET assembly", "give the DLL that your project builds");
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

    // Within a major version the contract only grows, so that engines built against less of it fit.
    private static void CheckVersion(string path, Assembly assembly)
    {
        AssemblyName? reference = assembly.GetReferencedAssemblies().FirstOrDefault(name => name.Name == Contract.Name);
        if (reference?.Version is { } theirs) CheckVersion(path, theirs, Contract.Version!);
    }

    /// <summary>Whether an assembly built against one version of the contract can be used with another.</summary>
    /// <exception cref="InputException">It cannot.</exception>
    internal static void CheckVersion(string path, Version theirs, Version ours)
    {
        if (theirs.Major == ours.Major && theirs.Minor <= ours.Minor) return;
        throw new InputException(
            path, $"it was built against version {theirs.ToString(2)} of {Contract.Name}; this is {ours.ToString(2)}",
            theirs > ours ? "use a newer version of the tool" : "build it against this version");
    }
}
