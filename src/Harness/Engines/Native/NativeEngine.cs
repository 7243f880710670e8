using Gdn.Harness.Engines.Foreign;
using Gdn.Reference;

namespace Gdn.Harness.Engines.Native;

/// <summary>Engines in shared libraries that implement <c>docs/gdn_engine.h</c>.</summary>
internal static unsafe class NativeEngine
{
    /// <summary>The newest version of the interface that this build speaks.</summary>
    public const uint AbiVersion = 2;

    /// <summary>Loads a library into this process.</summary>
    /// <exception cref="EnvironmentException">It cannot be loaded.</exception>
    /// <exception cref="InputException">It does not implement the interface, or declares what is not possible.</exception>
    public static LoadedEngine Load(string path) => Load(NativeLibraryExports.Open(path));

    /// <summary>Takes the functions of a library.</summary>
    public static LoadedEngine Load(NativeLibraryExports exports)
    {
        var version = (delegate* unmanaged[Cdecl]<uint>)exports.Required("gdn_abi_version");
        if (version() is var found && found is < 1 or > AbiVersion)
            throw exports.Mismatch($"it implements version {found} of gdn_engine.h; supported are 1 to {AbiVersion}");
        NativeDescription description = Describe(exports);
        var sizes = NativeSizes.Of(exports, description);

        const NativeLevels all = NativeLevels.Kernel | NativeLevels.Model | NativeLevels.Conv;
        if (description.Levels == NativeLevels.None || (description.Levels & ~all) != 0)
            throw exports.Mismatch($"capabilities {(uint)description.Levels} are not of GDN_KERNEL, GDN_MODEL and GDN_CONV");
        return new LoadedEngine(
            description.Levels.HasFlag(NativeLevels.Kernel)
                ? new NativeKernelEngine(
                    exports, sizes, NativeDeclarations.Precision(exports, description),
                    NativeDeclarations.Forms(exports, description), NativeDeclarations.IsTransposed(exports, description))
                : null,
            description.Levels.HasFlag(NativeLevels.Model)
                ? new NativeModelFactory(
                    new NativeModelFunctions(exports, sizes, NativeDeclarations.Capabilities(exports, description)))
                : null,
            description.Levels.HasFlag(NativeLevels.Conv)
                ? new NativeConvEngine(exports, sizes, NativeDeclarations.Precision(exports, description))
                : null);
    }

    // As much of it as both sides know; the rest is zero.
    private static NativeDescription Describe(NativeLibraryExports exports)
    {
        var describe = (delegate* unmanaged[Cdecl]<uint*>)exports.Required("gdn_describe");
        uint* pointer = describe();
        if (pointer == null) throw exports.Mismatch("gdn_describe returns no description");
        int size = NativeSizes.Room(exports, "gdn_description", declared: *pointer, NativeDescription.LeastSize);
        NativeDescription description = default;
        new ReadOnlySpan<byte>(pointer, Math.Min(size, sizeof(NativeDescription))).CopyTo(new Span<byte>(&description, sizeof(NativeDescription)));
        return description;
    }
}
