namespace Gdn.Harness.Speculation;

/// <summary>What there is to know of a sequence that is to be drafted.</summary>
/// <param name="Sequence">The sequence.</param>
/// <param name="History">Its tokens: the prompt and the answer so far. The engine has not seen the last one yet.</param>
/// <param name="Answered">How many of them are the answer's.</param>
/// <param name="Count">How many tokens are wanted, at most.</param>
internal readonly record struct DraftRequest(int Sequence, ReadOnlyMemory<int> History, int Answered, int Count);

/// <summary>Guesses the next tokens of sequences.</summary>
internal interface IDraftSource : IDisposable
{
    /// <summary>What reports call it.</summary>
    string Name { get; }

    /// <summary>Drafts several sequences, between two batches of the engine.</summary>
    /// <param name="requests">No sequence twice.</param>
    /// <returns>For each request the drafted tokens: as many as it wants, or fewer, or none.</returns>
    IReadOnlyList<int[]> Draft(IReadOnlyList<DraftRequest> requests);
}
