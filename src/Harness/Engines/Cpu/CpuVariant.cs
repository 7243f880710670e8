using System.Globalization;
using Gdn.Optimized.Cpu;
using Gdn.Reference;
using Gdn.Reference.State;

namespace Gdn.Harness.Engines.Cpu;

/// <summary>
/// What may follow <c>cpu</c> in an engine's name, in any combination: <c>+state:bf16</c> or <c>+state:f16</c> (states kept
/// in 16 bits), <c>+split:N</c> (heads dealt to N devices), <c>+threads:N</c>.
/// </summary>
internal static class CpuVariant
{
    private const int MaxThreads = 256;

    /// <summary>What the variant changes in the options of <c>cpu</c>.</summary>
    /// <param name="engine">The engine's whole name, for errors.</param>
    /// <param name="variant">For example <c>split:2</c>.</param>
    /// <exception cref="InputException">There is no such variant.</exception>
    public static Func<CpuOptions, CpuOptions> Parse(string engine, string variant)
    {
        switch (variant.Split(':'))
        {
            case ["state", "bf16"]: return options => options with { StateFormat = StateFormat.BF16 };
            case ["state", "f16"]: return options => options with { StateFormat = StateFormat.F16 };
            case ["split", var text] when Number(text) is { } shares: return options => options with { HeadShares = shares };
            case ["threads", var text] when Number(text) is { } threads: return options => options with { Threads = threads };
            default:
                throw new InputException(
                    $"engine '{engine}'", $"'+{variant}' is not one of its variants",
                    "use +state:bf16, +state:f16, +split:N, +threads:N or +fault:ID");
        }
    }

    private static int? Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value is >= 1 and <= MaxThreads
            ? value
            : null;
}
