using Gdn.Reference.Engines;
using Gdn.Reference.Kernels;

namespace Gdn.Harness.Engines.Isolation;

/// <summary>What engines declare, held to what is possible at all: tolerances and schedules are made from it.</summary>
internal static class Declarations
{
    // Half of 1: of a format without a single bit behind the point.
    private const double LargestUnit = 0.5;

    /// <summary>What is wrong with a kernel's precision, or null.</summary>
    public static string? Problem(KernelPrecision? precision) => precision switch
    {
        null => "it declares no precision",
        _ when FirstBad(precision) is { } unit => FormattableString.Invariant($"it declares a precision of {unit}, not of 0 to {LargestUnit}"),
        { Chunk: < 1 } => FormattableString.Invariant($"it declares chunks of {precision.Chunk} tokens"),
        { Quantization: { } quantization } when quantization.Levels < 1 || quantization.Block < 0 =>
            FormattableString.Invariant($"it declares states of {quantization.Levels} levels in blocks of {quantization.Block}"),
        _ when !Enum.IsDefined(precision.Rounding) => $"it declares an unknown rounding, {precision.Rounding}",
        _ => null,
    };

    /// <summary>What is wrong with what a model engine says of itself, or null.</summary>
    /// <param name="info">That.</param>
    /// <param name="vocabulary">Of the model.</param>
    public static string? Problem(EngineInfo info, int vocabulary) => info.Capabilities switch
    {
        _ when info.Vocabulary != vocabulary =>
            FormattableString.Invariant($"it says that rows have {info.Vocabulary} logits; the model has {vocabulary}"),
        null => "it declares no capabilities: they are null",
        { MaxBatchTokens: < 1 } can => FormattableString.Invariant($"it declares batches of {can.MaxBatchTokens} tokens at most"),
        { MaxPositions: < 1 } can => FormattableString.Invariant($"it declares sequences of {can.MaxPositions} tokens at most"),
        { RollbackDepth: < 0 } can => FormattableString.Invariant($"it declares rollbacks of {can.RollbackDepth} tokens at most"),
        { } can when Unknown(can) is { } value => $"it declares an unknown {value.GetType().Name}, {value}",
        _ => null,
    };

    private static double? FirstBad(KernelPrecision precision)
    {
        foreach (double unit in (double[])[precision.State, precision.Inputs, precision.Accumulator])
            if (!(unit is >= 0 and <= LargestUnit)) return unit;
        return null;
    }

    private static Enum? Unknown(EngineCapabilities can) =>
        ((Enum[])[can.Rollback, can.RaggedBatches, can.InterleavedBatches, can.UniformBatches, can.States, can.Caches])
        .FirstOrDefault(value => !Enum.IsDefined(value.GetType(), value));
}
