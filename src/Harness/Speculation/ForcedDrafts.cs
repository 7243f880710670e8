namespace Gdn.Harness.Speculation;

/// <summary>Drafts made of the answers as they are known to be, right or wrong as a pattern has it.</summary>
/// <param name="pattern">How right.</param>
/// <param name="answers">The answer of each sequence.</param>
/// <param name="vocabulary">V.</param>
internal sealed class ForcedDrafts(ForcedPattern pattern, IReadOnlyList<IReadOnlyList<int>> answers, int vocabulary) : IDraftSource
{
    private readonly int[] _rounds = new int[answers.Count];

    /// <inheritdoc/>
    public string Name => pattern.Name;

    /// <inheritdoc/>
    public IReadOnlyList<int[]> Draft(IReadOnlyList<DraftRequest> requests) => [.. requests.Select(Draft)];

    /// <inheritdoc/>
    public void Dispose()
    {
        // Nothing is held.
    }

    private int[] Draft(DraftRequest request)
    {
        IReadOnlyList<int> answer = answers[request.Sequence];
        int known = Math.Clamp(answer.Count - request.Answered, 0, request.Count);
        (int drafted, int right) = pattern.Of(request.Sequence, _rounds[request.Sequence]++, known);
        return [.. Enumerable.Range(0, drafted).Select(i =>
        {
            int token = answer[request.Answered + i];
            return i < right ? token : (token + 1) % vocabulary;
        })];
    }
}
