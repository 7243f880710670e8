namespace Gdn.Reference.Batches;

/// <summary>One token of a batch.</summary>
/// <param name="Token">Vocabulary id.</param>
/// <param name="Sequence">Which sequence it belongs to: any number from 0, chosen by the caller.</param>
/// <param name="Position">Its position in that sequence. Position 0 starts the sequence afresh.</param>
/// <param name="Output">Whether a row of logits is wanted for it.</param>
public readonly record struct BatchToken(int Token, int Sequence, int Position, bool Output);
