using System.Globalization;
using Gdn.Optimized.Batching;
using Gdn.Optimized.Cpu;
using Gdn.Reference;
using Gdn.Reference.Engines;
using Gdn.Reference.Kernels;
using Gdn.Reference.State;

namespace Gdn.Harness.Engines.Cpu;

/// <summary>
/// What may follow <c>cpu</c> in an engine's name, in any combination: <c>+state:bf16</c> or <c>+state:f16</c> (states kept
/// in 16 bits), <c>+cache:bf16</c> or <c>+cache:f16</c> (the same of keys and values), <c>+ring:L</c> (S as a checkpoint and a
/// ring of L tokens, not in planes), <c>+split:N</c> (heads dealt to N devices), <c>+threads:N</c>. What comes last counts.
/// </summary>
/// <param name="States">How states are kept.</param>
/// <param name="Caches">How keys and values are kept.</param>
/// <param name="RingLength">L; 0 for planes.</param>
/// <param name="HeadShares">Devices that heads are dealt to.</param>
/// <param name="Threads">Threads.</param>
internal sealed record CpuVariant(
    StateFormat States = StateFormat.F32, StateFormat Caches = StateFormat.F32, int RingLength = 0, int HeadShares = 1,
    int Threads = 1)
{
    private const int MaxThreads = 256;

    /// <summary>The options of an engine of this variant.</summary>
    public CpuOptions Options(EngineOptions engine) =>
        new()
        {
            Engine = engine,
            StateFormat = States,
            CacheFormat = Caches,
            RingLength = RingLength,
            HeadShares = HeadShares,
            Threads = Threads,
        };

    /// <summary>The kernel of an engine of this variant, on another number of threads than its own if that is wanted.</summary>
    public ITimedKernelEngine Kernel(int? threads = null) => RingLength > 0
        ? new RingKernelEngine(RingLength, threads ?? Threads)
        : new CpuKernelEngine(threads ?? Threads);

    /// <summary>Reads what follows <c>cpu</c>.</summary>
    /// <param name="engine">The engine's whole name, for errors.</param>
    /// <param name="additions">Without a fault.</param>
    /// <exception cref="InputException">One of them does not exist.</exception>
    public static CpuVariant Parse(string engine, IEnumerable<string> additions) =>
        additions.Aggregate(new CpuVariant(), (variant, addition) => variant.With(engine, addition));

    /// <summary>The variant with one more addition.</summary>
    /// <param name="engine">The engine's whole name, for errors.</param>
    /// <param name="addition">For example <c>split:2</c>.</param>
    /// <exception cref="InputException">There is no such addition.</exception>
    private CpuVariant With(string engine, string addition) => addition.Split(':') switch
    {
        ["state", "bf16"] => this with { States = StateFormat.BF16 },
        ["state", "f16"] => this with { States = StateFormat.F16 },
        ["cache", "bf16"] => this with { Caches = StateFormat.BF16 },
        ["cache", "f16"] => this with { Caches = StateFormat.F16 },
        ["ring", var text] when Number(text) is <= RingShape.MaxLength and { } length => this with { RingLength = length },
        ["split", var text] when Number(text) is { } shares => this with { HeadShares = shares },
        ["threads", var text] when Number(text) is { } threads => this with { Threads = threads },
        _ => throw new InputException(
            $"engine '{engine}'", $"'+{addition}' is not one of its variants",
            $"use +state:bf16, +state:f16, +cache:bf16, +cache:f16, +ring:L (1 to {RingShape.MaxLength}), +split:N, +threads:N or "
            + "+fault:ID"),
    };

    private static int? Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value is >= 1 and <= MaxThreads
            ? value
            : null;
}
