using Gdn.Reference.Engines;
using Gdn.Reference.State;

namespace Gdn.Harness.Bleed.Oracle;

/// <summary>The weights that a server is said to serve, and engines of our own for them.</summary>
/// <param name="Model">The weights.</param>
/// <param name="Engine">Our engine, with keys and values kept in a format.</param>
/// <param name="Unreset">The same with one fault: a sequence that starts on a used slot is not reset.</param>
/// <param name="Ids">The vocabulary.</param>
/// <param name="RoundsCachesOnly">
/// Whether a server rounds nothing but its caches. With quantised weights it rounds activations too, and some servers compute
/// in 16 bits throughout: how much that moves is learnt from its lone answers.
/// </param>
internal sealed record OracleModel(
    EngineModel Model, Func<StateFormat, IEngineFactory> Engine, Func<StateFormat, IEngineFactory> Unreset, TokenIds Ids, bool RoundsCachesOnly)
{
    private const int BatchTokens = 512;

    // A server may hold longer sequences than the file says.
    private const int MaxPositions = 1 << 20;

    /// <summary>What an engine is made with.</summary>
    /// <param name="slots">Sequences at a time.</param>
    /// <param name="drafts">Tokens that may be taken back at a time.</param>
    public EngineOptions Options(int slots, int drafts = 0) =>
        new() { Planes = drafts + 1, Model = Model, Slots = slots, MaxBatchTokens = BatchTokens, MaxPositions = MaxPositions };
}
