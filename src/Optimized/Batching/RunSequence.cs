namespace Gdn.Optimized.Batching;

/// <summary>One sequence of a pass.</summary>
/// <param name="Sequence">Its id; -1 for one that only pads the pass.</param>
/// <param name="Slot">Its slot.</param>
/// <param name="FirstPosition">Position of its first token in the pass.</param>
/// <param name="Count">Its tokens.</param>
public readonly record struct RunSequence(int Sequence, int Slot, int FirstPosition, int Count)
{
    /// <summary>Whether it has just been given its slot.</summary>
    public bool IsNew { get; init; }

    /// <summary>Index of its first token in the order of the batch's decomposition.</summary>
    internal int OrderStart { get; init; }
}
