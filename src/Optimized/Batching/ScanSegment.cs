namespace Gdn.Optimized.Batching;

/// <summary>The tokens that one sequence's delta scan covers, and the state it covers them with.</summary>
/// <param name="Start">Index of its first token among those of the pass.</param>
/// <param name="Count">Its tokens.</param>
/// <param name="Row">Index of its state among those gathered for the pass.</param>
public readonly record struct ScanSegment(int Start, int Count, int Row);
