namespace Gdn.Harness.TrainingText;

/// <summary>One document of the corpus: lines of printable ASCII.</summary>
/// <param name="Text">Its lines, each ended by a newline; none is empty.</param>
/// <param name="Questions">The codeword questions in it, in order; empty where the document has no codewords.</param>
public sealed record CorpusDocument(string Text, IReadOnlyList<RecallQuestion> Questions);
