using Gdn.Reference.Engines;
using Gdn.Reference.Kernels;
using Gdn.Reference.State;

namespace Gdn.Harness.Engines.Native;

/// <summary>What a library declares in its description, checked.</summary>
internal static unsafe class NativeDeclarations
{
    private const string FormatNames = "GDN_F32, GDN_F16 or GDN_BF16";
    private static readonly double[] Units = [KernelPrecision.F32, KernelPrecision.F16, KernelPrecision.BF16];
    private static readonly double[] StateUnits = [.. Units, KernelPrecision.F32, KernelPrecision.F32];
    private static readonly int[] StateLevels = [0, 0, 0, StateQuantization.Q8, StateQuantization.Q4];
    private static readonly StateFormat[] Formats = [StateFormat.F32, StateFormat.F16, StateFormat.BF16];

    private static readonly RollbackSupport[] Rollbacks =
        [RollbackSupport.Repeated, RollbackSupport.OncePerBatch, RollbackSupport.None];

    private static readonly BatchHandling[] Handlings =
        [BatchHandling.Split, BatchHandling.OnePass, BatchHandling.Refused];

    private const NativeModelFlags AllFlags =
        NativeModelFlags.NoCopy | NativeModelFlags.NoSnapshot | NativeModelFlags.NotReproducible | NativeModelFlags.CutInvariant
        | NativeModelFlags.RollsBackWholeBatch | NativeModelFlags.PoisonsFreeSlots
        | NativeModelFlags.ArithmeticUndeclared;

    private const NativeKernelFlags AllKernelFlags =
        NativeKernelFlags.Ragged | NativeKernelFlags.RawGates | NativeKernelFlags.RawKeys | NativeKernelFlags.EmptySequences;

    /// <summary>Precision of the kernel.</summary>
    public static KernelPrecision Precision(NativeLibraryExports exports, in NativeDescription description)
    {
        const string stateFormats = "GDN_F32, GDN_F16, GDN_BF16, GDN_Q8 or GDN_Q4";
        if (description.Chunk < 1) throw exports.Mismatch($"chunk {description.Chunk} is not positive");
        if (description.StateBlock < 0) throw exports.Mismatch($"state_block {description.StateBlock} is negative");
        StateRounding rounding = Choice(
            exports, "state_rounding", description.StateRounding, Enum.GetValues<StateRounding>(),
            "GDN_ROUND_PER_CHUNK, GDN_ROUND_PER_TOKEN or GDN_ROUND_PER_CALL");
        if (rounding == StateRounding.PerToken && description.Chunk > 1)
            throw exports.Mismatch($"chunk {description.Chunk} does not go with GDN_ROUND_PER_TOKEN");
        int levels = Choice(exports, "state_format", description.StateFormat, StateLevels, stateFormats);
        return new KernelPrecision(
            Choice(exports, "state_format", description.StateFormat, StateUnits, stateFormats),
            Choice(exports, "input_format", description.InputFormat, Units, FormatNames),
            Choice(exports, "arithmetic_format", description.ArithmeticFormat, Units, FormatNames), description.Chunk)
        {
            Quantization = levels == 0
                ? null
                : new StateQuantization(levels, description.StateBlock, IsTransposed(exports, description)),
            Rounding = rounding,
        };
    }

    /// <summary>Forms of calls that the kernel takes.</summary>
    public static KernelForms Forms(NativeLibraryExports exports, in NativeDescription description)
    {
        NativeKernelFlags flags = description.KernelFlags;
        if ((flags & ~AllKernelFlags) != 0) throw exports.Mismatch($"kernel_flags {(uint)flags} has unknown bits");
        if (flags.HasFlag(NativeKernelFlags.EmptySequences) && !flags.HasFlag(NativeKernelFlags.Ragged))
            throw exports.Mismatch("GDN_KERNEL_EMPTY_SEQUENCES goes with GDN_KERNEL_RAGGED only");
        // A shorter call says nothing of offsets and raw gates.
        if (flags != NativeKernelFlags.None && description.KernelCallSize < sizeof(NativeKernelCall))
            throw exports.Mismatch(
                $"its gdn_kernel_call of {description.KernelCallSize} bytes has no room for what kernel_flags {(uint)flags} needs");
        return (KernelForms)flags;
    }

    /// <summary>Whether the kernel keeps a head's state as <c>[V, K]</c>.</summary>
    public static bool IsTransposed(NativeLibraryExports exports, in NativeDescription description) =>
        Choice(exports, "state_layout", description.StateLayout, [false, true], "GDN_STATE_KV or GDN_STATE_VK");

    /// <summary>Capabilities of the model engine.</summary>
    public static EngineCapabilities Capabilities(NativeLibraryExports exports, in NativeDescription description)
    {
        NativeModelFlags flags = description.ModelFlags;
        if ((flags & ~AllFlags) != 0) throw exports.Mismatch($"model_flags {(uint)flags} has unknown bits");
        BatchHandling uniform = Handling(exports, "uniform_batches", description.UniformBatches);
        return uniform == BatchHandling.Refused
            ? throw exports.Mismatch("uniform_batches cannot be GDN_BATCH_REFUSED")
            : new EngineCapabilities
            {
                Rollback = Choice(
                    exports, "rollback", description.Rollback, Rollbacks,
                    "GDN_ROLLBACK_REPEATED, GDN_ROLLBACK_ONCE or GDN_ROLLBACK_NONE"),
                RollbackDepth = Limit(exports, "rollback_depth", description.RollbackDepth),
                RollsBackWholeBatch = flags.HasFlag(NativeModelFlags.RollsBackWholeBatch),
                Copies = !flags.HasFlag(NativeModelFlags.NoCopy),
                Snapshots = !flags.HasFlag(NativeModelFlags.NoSnapshot),
                RaggedBatches = Handling(exports, "ragged_batches", description.RaggedBatches),
                InterleavedBatches = Handling(exports, "interleaved_batches", description.InterleavedBatches),
                UniformBatches = uniform,
                MaxBatchTokens = Limit(exports, "max_batch_tokens", description.MaxBatchTokens),
                MaxPositions = Limit(exports, "max_positions", description.MaxPositions),
                IsReproducible = !flags.HasFlag(NativeModelFlags.NotReproducible),
                IsCutInvariant = flags.HasFlag(NativeModelFlags.CutInvariant),
                States = Choice(exports, "state_format", description.StateFormat, Formats, FormatNames),
                Caches = Choice(exports, "cache_format", description.CacheFormat, Formats, FormatNames),
                DeclaresArithmetic = !flags.HasFlag(NativeModelFlags.ArithmeticUndeclared),
                PoisonsFreeSlots = flags.HasFlag(NativeModelFlags.PoisonsFreeSlots),
            };
    }

    private static BatchHandling Handling(NativeLibraryExports exports, string field, int value) =>
        Choice(exports, field, value, Handlings, "GDN_BATCH_SPLIT, GDN_BATCH_ONE_PASS or GDN_BATCH_REFUSED");

    // Zero for no limit of its own.
    private static int Limit(NativeLibraryExports exports, string field, int value) => value switch
    {
        0 => int.MaxValue,
        > 0 => value,
        _ => throw exports.Mismatch($"{field} {value} is negative"),
    };

    private static T Choice<T>(NativeLibraryExports exports, string field, int value, ReadOnlySpan<T> meanings, string names) =>
        (uint)value < meanings.Length ? meanings[value] : throw exports.Mismatch($"{field} {value} is not {names}");
}
