namespace Gdn.Reference.Batches;

/// <summary>What a batch must keep to.</summary>
/// <param name="Vocabulary">Token ids are below this.</param>
/// <param name="MaxSequences">Sequences that can exist at a time.</param>
/// <param name="MaxBatchTokens">Tokens in one batch.</param>
/// <param name="MaxPositions">Positions are below this.</param>
public readonly record struct BatchLimits(int Vocabulary, int MaxSequences, int MaxBatchTokens, int MaxPositions);
