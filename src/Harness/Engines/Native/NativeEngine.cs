using System.Globalization;
using Gdn.Harness.Engines.Foreign;
using Gdn.Reference;
using Gdn.Reference.Kernels;
using Gdn.Reference.State;

namespace Gdn.Harness.Engines.Native;

/// <summary>Engines in shared libraries that implement <c>docs/gdn_engine.h</c>.</summary>
internal static unsafe class NativeEngine
{
    /// <summary>The version of the interface that this build speaks.</summary>
    public const uint AbiVersion = 1;

    /// <summary>Loads a library into this process.</summary>
    /// <exception cref="EnvironmentException">It cannot be loaded.</exception>
    /// <exception cref="InputException">It implements another version, or none.</exception>
    public static LoadedEngine Load(string path) => Load(NativeLibraryExports.Open(path));

    /// <summary>Takes the functions of a library.</summary>
    public static LoadedEngine Load(NativeLibraryExports exports)
    {
        var version = (delegate* unmanaged[Cdecl]<uint>)exports.Required("gdn_abi_version");
        if (version() is var found && found != AbiVersion)
            throw Mismatch(exports, $"it implements version {found} of gdn_engine.h, not {AbiVersion}");
        var describe = (delegate* unmanaged[Cdecl]<NativeDescription*>)exports.Required("gdn_describe");
        NativeDescription* pointer = describe();
        if (pointer == null) throw Mismatch(exports, "gdn_describe returns no description");
        CheckSize(exports, "gdn_description", pointer->StructSize, sizeof(NativeDescription));
        NativeDescription description = *pointer;
        CheckSize(exports, "gdn_kernel_call", description.KernelCallSize, sizeof(NativeKernelCall));
        CheckSize(exports, "gdn_model_options", description.ModelOptionsSize, sizeof(NativeModelOptions));
        CheckSize(exports, "gdn_token", description.TokenSize, sizeof(NativeToken));

        const NativeCapabilities all = NativeCapabilities.Kernel | NativeCapabilities.Model;
        if (description.Capabilities == NativeCapabilities.None || (description.Capabilities & ~all) != 0)
            throw Mismatch(exports, $"capabilities {(uint)description.Capabilities} are not GDN_KERNEL, GDN_MODEL or both");
        return new LoadedEngine(
            description.Capabilities.HasFlag(NativeCapabilities.Kernel)
                ? new NativeKernelEngine(exports, PrecisionOf(exports, description), IsTransposed(exports, description))
                : null,
            description.Capabilities.HasFlag(NativeCapabilities.Model)
                ? new NativeModelSource(exports, FormatOf(exports, description.StateFormat))
                : null);
    }

    private static KernelPrecision PrecisionOf(NativeLibraryExports exports, in NativeDescription description)
    {
        if (description.Chunk < 1) throw Mismatch(exports, $"chunk {description.Chunk} is not positive");
        return new KernelPrecision(
            Unit(exports, "state_format", description.StateFormat), Unit(exports, "input_format", description.InputFormat),
            Unit(exports, "arithmetic_format", description.ArithmeticFormat), description.Chunk);
    }

    private static StateFormat FormatOf(NativeLibraryExports exports, int format) => format switch
    {
        0 => StateFormat.F32,
        1 => StateFormat.F16,
        2 => StateFormat.BF16,
        _ => throw Mismatch(exports, $"state_format {format} is not GDN_F32, GDN_F16 or GDN_BF16"),
    };

    private static double Unit(NativeLibraryExports exports, string field, int format) => format switch
    {
        0 => KernelPrecision.F32,
        1 => KernelPrecision.F16,
        2 => KernelPrecision.BF16,
        _ => throw Mismatch(exports, $"{field} {format} is not GDN_F32, GDN_F16 or GDN_BF16"),
    };

    private static bool IsTransposed(NativeLibraryExports exports, in NativeDescription description) =>
        description.StateLayout switch
        {
            0 => false,
            1 => true,
            _ => throw Mismatch(exports, $"state_layout {description.StateLayout} is not GDN_STATE_KV or GDN_STATE_VK"),
        };

    private static void CheckSize(NativeLibraryExports exports, string structure, uint declared, int expected)
    {
        if (declared != expected)
            throw Mismatch(exports, string.Create(
                CultureInfo.InvariantCulture, $"its {structure} has {declared} bytes, not {expected}"));
    }

    private static InputException Mismatch(NativeLibraryExports exports, string problem) =>
        new(exports.Library, problem, "build it with the docs/gdn_engine.h of this version");
}
