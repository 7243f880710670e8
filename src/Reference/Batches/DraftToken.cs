namespace Gdn.Reference.Batches;

/// <summary>A token from which a sequence is drafted on.</summary>
/// <param name="Sequence">The sequence.</param>
/// <param name="Token">The token that is to follow what the sequence holds and what was drafted of it before.</param>
public readonly record struct DraftToken(int Sequence, int Token);
