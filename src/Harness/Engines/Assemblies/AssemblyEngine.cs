using System.Reflection;
using System.Runtime.CompilerServices;
using Gdn.Harness.Engines.Foreign;
using Gdn.Reference;
using Gdn.Reference.Engines;
using Gdn.Reference.Kernels;

namespace Gdn.Harness.Engines.Assemblies;

/// <summary>
/// Engines in .NET assemblies: public types that implement <see cref="IEngineFactory"/>, <see cref="IKernelEngine"/> or
/// <see cref="IConvEngine"/> and have a constructor without parameters, or implement <see cref="IModelEngine"/> and have one with <see cref="EngineOptions"/>.
/// </summary>
internal static class AssemblyEngine
{
    private static readonly Type[] ModelParameters = [typeof(EngineOptions)];

    /// <summary>Loads an assembly into this process.</summary>
    /// <param name="text"><c>DLL</c> or <c>DLL:TypeName</c>; the type's name may be given without its namespace.</param>
    /// <exception cref="EnvironmentException">It cannot be loaded.</exception>
    /// <exception cref="InputException">It holds no engine, several, or one for another version of the tool.</exception>
    public static LoadedEngine Load(string text)
    {
        (string path, string? typeName) = Split(text);
        Assembly assembly = EngineLoadContext.Load(path);
        Type[] engines = [.. Types(path, assembly).Where(IsEngine)];
        Type[] chosen = typeName is null ? engines : [.. engines.Where(type => type.Name == typeName || type.FullName == typeName)];
        string known = string.Join(", ", engines.Select(type => type.FullName));
        return chosen switch
        {
            [Type only] => Make(path, only),
            _ when engines.Length == 0 => throw new InputException(
                path, "it contains no engine",
                "give it a public class that implements IEngineFactory, IModelEngine, IKernelEngine or IConvEngine (docs/native-engines.md)"),
            [] => throw new InputException(path, $"it contains no engine '{typeName}'", $"name one of {known}"),
            _ => throw new InputException(
                path, $"it contains several engines: {known}", $"name one, for example assembly:{path}:{chosen[0].Name}"),
        };
    }

    /// <summary>The same with the whole path of the assembly.</summary>
    public static string Absolute(string text)
    {
        (string path, string? typeName) = Split(text);
        return Path.GetFullPath(path) + (typeName is null ? "" : $":{typeName}");
    }

    // A colon in second place belongs to a drive.
    private static (string Path, string? TypeName) Split(string text)
    {
        int colon = text.LastIndexOf(':');
        return colon < 2 || File.Exists(text) ? (text, null) : (text[..colon], text[(colon + 1)..]);
    }

    private static Type[] Types(string path, Assembly assembly)
    {
        try
        {
            return assembly.GetExportedTypes();
        }
        catch (Exception e) when (e is TypeLoadException or FileNotFoundException or FileLoadException)
        {
            throw Unfit(path, e);
        }
    }

    private static bool IsEngine(Type type) =>
        !type.IsAbstract && !type.IsGenericTypeDefinition
        && (((type.IsAssignableTo(typeof(IEngineFactory)) || type.IsAssignableTo(typeof(IKernelEngine)) || type.IsAssignableTo(typeof(IConvEngine)))
                && type.GetConstructor(Type.EmptyTypes) is not null)
            || IsModelEngine(type));

    private static bool IsModelEngine(Type type) =>
        type.IsAssignableTo(typeof(IModelEngine)) && type.GetConstructor(ModelParameters) is not null;

    private static LoadedEngine Make(string path, Type type)
    {
        // What fails in it fails now, and not in the middle of a schedule.
        RuntimeHelpers.RunClassConstructor(type.TypeHandle);
        if (IsModelEngine(type)) return new LoadedEngine(null, new Factory(path, type));
        object instance = Construct(path, type, []);
        return new LoadedEngine(instance as IKernelEngine, instance as IEngineFactory, instance as IConvEngine);
    }

    private static object Construct(string path, Type type, Type[] parameters, params object[] arguments)
    {
        try
        {
            return type.GetConstructor(parameters)!.Invoke(BindingFlags.DoNotWrapExceptions, null, arguments, null);
        }
        catch (Exception e) when (e is MissingMemberException or TypeLoadException)
        {
            throw Unfit(path, e);
        }
    }

    private static InputException Unfit(string path, Exception cause) => new(
        path, $"it does not fit this version of the tool ({cause.Message.ReplaceLineEndings(" ")})",
        "build it against the assemblies of this version", cause);

    private sealed class Factory(string path, Type type) : IEngineFactory
    {
        public string Name => type.FullName!;

        public IModelEngine Create(EngineOptions options) =>
            (IModelEngine)Construct(path, type, ModelParameters, options);
    }
}
