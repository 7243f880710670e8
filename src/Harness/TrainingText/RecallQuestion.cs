namespace Gdn.Harness.TrainingText;

/// <summary>
/// A question for a codeword. The text before it is a prompt, which an engine with memory continues with the answer.
/// </summary>
/// <param name="Offset">Where the answer begins in the document, in characters; the prompt ends here.</param>
/// <param name="Answer">The codeword, after one space.</param>
/// <param name="Distance">Characters between the last mention of the codeword and the answer.</param>
public readonly record struct RecallQuestion(int Offset, string Answer, int Distance);
