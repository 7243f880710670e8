namespace Gdn.Harness.Engines.Native;

/// <summary>
/// Bytes of the structures as the library knows them. Each is laid out that long or longer; fields that the tool does not know are
/// zero.
/// </summary>
/// <param name="KernelCall">Of <see cref="NativeKernelCall"/>.</param>
/// <param name="ModelOptions">Of <see cref="NativeModelOptions"/>.</param>
/// <param name="Token">Of <see cref="NativeToken"/>: the distance of tokens in an array.</param>
/// <param name="Counters">Of <see cref="NativeCounters"/>.</param>
/// <param name="ConvCall">Of <see cref="NativeConvCall"/>.</param>
internal readonly record struct NativeSizes(int KernelCall, int ModelOptions, int Token, int Counters, int ConvCall)
{
    // A structure of more bytes is a mistake.
    private const int Most = 4096;

    /// <summary>Reads what a library declares.</summary>
    /// <exception cref="Gdn.Reference.InputException">A structure is shorter than it ever was, or absurdly long.</exception>
    public static unsafe NativeSizes Of(NativeLibraryExports exports, in NativeDescription description) => new(
        Room(exports, "gdn_kernel_call", description.KernelCallSize, NativeKernelCall.LeastSize),
        Room(exports, "gdn_model_options", description.ModelOptionsSize, sizeof(NativeModelOptions)),
        Room(exports, "gdn_token", description.TokenSize, sizeof(NativeToken)),
        Math.Max((int)Math.Min(description.CountersSize, Most), sizeof(NativeCounters)),
        Math.Max((int)Math.Min(description.ConvCallSize, Most), sizeof(NativeConvCall)));

    /// <summary>Checks the size of a structure.</summary>
    /// <param name="least">What it had in version 1.</param>
    public static int Room(NativeLibraryExports exports, string structure, uint declared, int least) =>
        declared >= least && declared <= Most
            ? (int)declared
            : throw exports.Mismatch(FormattableString.Invariant($"its {structure} has {declared} bytes, not {least} or more"));
}
