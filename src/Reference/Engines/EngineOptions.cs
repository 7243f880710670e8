using Gdn.Reference.Batches;

namespace Gdn.Reference.Engines;

/// <summary>What an engine is made for.</summary>
public sealed record EngineOptions
{
    /// <summary>The model.</summary>
    public required EngineModel Model { get; init; }

    /// <summary>State slots: sequences that can exist at a time (np).</summary>
    public required int Slots { get; init; }

    /// <summary>P: states kept per sequence after each batch, at least 1; P - 1 tokens can be rolled back.</summary>
    public int Planes { get; init; } = 1;

    /// <summary>
    /// Whether the engine is to draft too, with the model's multi-token-prediction layers: they take every token of every batch.
    /// </summary>
    public bool Drafts { get; init; }

    /// <summary>Tokens that one batch may hold.</summary>
    public required int MaxBatchTokens { get; init; }

    /// <summary>How long a sequence may grow.</summary>
    public required int MaxPositions { get; init; }

    /// <summary>What batches must keep to.</summary>
    public BatchLimits Limits => new(Model.Config.Vocabulary, Slots, MaxBatchTokens, MaxPositions);
}
