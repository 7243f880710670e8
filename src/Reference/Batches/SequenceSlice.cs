namespace Gdn.Reference.Batches;

/// <summary>The tokens that a batch holds of one sequence.</summary>
/// <param name="Sequence">Its id.</param>
/// <param name="FirstPosition">Position of its first token in the batch.</param>
/// <param name="Start">Index of its first token in <see cref="SequenceDecomposition.Order"/>.</param>
/// <param name="Count">Number of its tokens.</param>
public readonly record struct SequenceSlice(int Sequence, int FirstPosition, int Start, int Count)
{
    /// <summary>Whether the sequence starts here, from a zero state.</summary>
    public bool Resets => FirstPosition == 0;
}
