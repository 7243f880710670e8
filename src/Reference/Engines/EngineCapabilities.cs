using Gdn.Reference.State;

namespace Gdn.Reference.Engines;

/// <summary>
/// What an engine declares that it can do, and what it promises about its results. Only what is declared is asked of it, and
/// what is declared it is held to: refusing it is a finding. The defaults are those of an engine that supports everything and
/// promises equal bits for equal calls.
/// </summary>
public sealed record EngineCapabilities
{
    /// <summary>How often the last tokens of a sequence can be taken back.</summary>
    public RollbackSupport Rollback { get; init; } = RollbackSupport.Repeated;

    /// <summary>Most tokens of a sequence that can be taken back after a batch, whatever the planes.</summary>
    public int RollbackDepth { get; init; } = int.MaxValue;

    /// <summary>
    /// Whether every token of a sequence's last batch can be taken back, which restores the state from before it; otherwise
    /// the first one has to stay.
    /// </summary>
    public bool RollsBackWholeBatch { get; init; }

    /// <summary>
    /// Whether a rollback further back than is declared is refused: the engine may then be asked for one. Without it, nothing is said
    /// about such calls, and nobody makes them.
    /// </summary>
    public bool RefusesDeeperRollbacks { get; init; }

    /// <summary>Whether a sequence can be copied to another (<see cref="IModelEngine.Copy"/>).</summary>
    public bool Copies { get; init; } = true;

    /// <summary>Whether states can be kept and given back (<see cref="IModelEngine.Snapshot"/>, <see cref="IModelEngine.Restore"/>).</summary>
    public bool Snapshots { get; init; } = true;

    /// <summary>What happens to batches whose sequences differ in length.</summary>
    public BatchHandling RaggedBatches { get; init; } = BatchHandling.Split;

    /// <summary>What happens to batches in which the tokens of a sequence do not lie side by side.</summary>
    public BatchHandling InterleavedBatches { get; init; } = BatchHandling.Split;

    /// <summary>What happens to batches of several sequences of equal length; at least split.</summary>
    public BatchHandling UniformBatches { get; init; } = BatchHandling.Split;

    /// <summary>Most tokens in a batch, where that is less than the options ask for.</summary>
    public int MaxBatchTokens { get; init; } = int.MaxValue;

    /// <summary>Most tokens in a sequence, where that is less than the options ask for.</summary>
    public int MaxPositions { get; init; } = int.MaxValue;

    /// <summary>
    /// Whether the same calls give the same bits, on a new engine or on one whose sequences were all released, and whatever
    /// tokens the other sequences of a batch hold. Of an engine that does not promise it, such as one with atomic sums, values
    /// are compared within what rounding explains.
    /// </summary>
    public bool IsReproducible { get; init; } = true;

    /// <summary>Whether the bits of a sequence are the same however its own tokens are cut into batches.</summary>
    public bool IsCutInvariant { get; init; }

    /// <summary>How delta-rule states are kept between batches; tolerances follow it.</summary>
    public StateFormat States { get; init; } = StateFormat.F32;

    /// <summary>How the keys and values of attention layers are kept; tolerances follow it.</summary>
    public StateFormat Caches { get; init; } = StateFormat.F32;

    /// <summary>
    /// Whether it computes in single precision with the weights as the file has them, so that tolerances can be derived. Of an
    /// engine that does not promise it (quantized products, 16-bit attention, a GPU's own formats) the noise is measured.
    /// </summary>
    public bool DeclaresArithmetic { get; init; } = true;

    /// <summary>Whether slots that no sequence occupies hold NaN, so that whatever reads one answers with NaN.</summary>
    public bool PoisonsFreeSlots { get; init; }

    /// <summary>How many tokens of a sequence can be taken back right after a batch.</summary>
    /// <param name="planes">P: states that the engine was made to keep per sequence.</param>
    /// <param name="tokens">Tokens of the sequence in that batch.</param>
    public int RollbackLimit(int planes, int tokens) => Rollback == RollbackSupport.None
        ? 0
        : Math.Min(RollbackDepth, RollsBackWholeBatch ? Math.Min(planes - 1, tokens) : Math.Min(planes, tokens) - 1);
}
