using System.Globalization;
using Gdn.Optimized.Cpu;
using Gdn.Reference;
using Gdn.Reference.Engines;
using Gdn.Reference.State;

namespace Gdn.Harness.Engines.Cpu;

/// <summary>
/// What may follow <c>cpu</c> in an engine's name, in any combination: <c>+state:bf16</c> or <c>+state:f16</c> (states kept
/// in 16 bits), <c>+cache:bf16</c> or <c>+cache:f16</c> (the same of keys and values), <c>+split:N</c> (heads dealt to N devices), <c>+threads:N</c>. What comes last counts.
/// </summary>
/// <param name="States">How states are kept.</param>
/// <param name="Caches">How keys and values are kept.</param>
/// <param name="HeadShares">Devices that heads are dealt to.</param>
/// <param name="Threads">Threads.</param>
internal sealed record CpuVariant(
    StateFormat States = StateFormat.F32, StateFormat Caches = StateFormat.F32, int HeadShares = 1, int Threads = 1)
{
    private const int MaxThreads = 256;

    /// <summary>The options of an engine of this variant.</summary>
    public CpuOptions Options(EngineOptions engine) =>
        new()
        {
            Engine = engine,
            StateFormat = States,
            CacheFormat = Caches,
            HeadShares = HeadShares,
            Threads = Threads,
        };

    /// <summary>The variant with one more addition.</summary>
    /// <param name="engine">The engine's whole name, for errors.</param>
    /// <param name="addition">For example <c>split:2</c>.</param>
    /// <exception cref="InputException">There is no such addition.</exception>
    public CpuVariant With(string engine, string addition) => addition.Split(':') switch
    {
        ["state", "bf16"] => this with { States = StateFormat.BF16 },
        ["state", "f16"] => this with { States = StateFormat.F16 },
        ["cache", "bf16"] => this with { Caches = StateFormat.BF16 },
        ["cache", "f16"] => this with { Caches = StateFormat.F16 },
        ["split", var text] when Number(text) is { } shares => this with { HeadShares = shares },
        ["threads", var text] when Number(text) is { } threads => this with { Threads = threads },
        _ => throw new InputException(
            $"engine '{engine}'", $"'+{addition}' is not one of its variants",
            "use +state:bf16, +state:f16, +cache:bf16, +cache:f16, +split:N, +threads:N or +fault:ID"),
    };

    private static int? Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value is >= 1 and <= MaxThreads
            ? value
            : null;
}
