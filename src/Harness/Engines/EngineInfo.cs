using Gdn.Reference.State;

namespace Gdn.Harness.Engines;

/// <summary>What an engine says of itself.</summary>
/// <param name="Name">As on the command line, for example <c>cpu+fault:gr-shape-key</c>.</param>
/// <param name="Vocabulary">Length of a row of logits.</param>
/// <param name="MaxSequences">How many sequences can exist at a time (state slots).</param>
/// <param name="MaxBatchTokens">How many tokens one batch may hold.</param>
/// <param name="MaxPositions">How long a sequence may grow.</param>
/// <param name="SnapshotPlanes">K: states kept per sequence after each batch; up to K - 1 tokens can be rolled back.</param>
/// <param name="StateFormat">How it declares to keep delta-rule states between batches.</param>
public sealed record EngineInfo(
    string Name, int Vocabulary, int MaxSequences, int MaxBatchTokens, int MaxPositions, int SnapshotPlanes,
    StateFormat StateFormat = StateFormat.F32)
{
    /// <summary>
    /// Whether the same calls give the same bits, on a new engine or on one whose sequences were all released, and whatever
    /// tokens the other sequences of a batch hold. Of an engine that does not promise it, such as one with atomic sums, bits
    /// are not compared but values, within what rounding explains.
    /// </summary>
    public bool IsReproducible { get; init; } = true;

    /// <summary>Whether slots that no sequence occupies hold NaN, so that whoever reads one answers with NaN.</summary>
    public bool PoisonsFreeSlots { get; init; }
}
