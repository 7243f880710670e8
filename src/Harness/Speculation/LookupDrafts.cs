namespace Gdn.Harness.Speculation;

/// <summary>Drafts by prompt lookup (<see cref="LookupDraft"/>).</summary>
internal sealed class LookupDrafts : IDraftSource
{
    /// <inheritdoc/>
    public string Name => "lookup";

    /// <inheritdoc/>
    public IReadOnlyList<int[]> Draft(IReadOnlyList<DraftRequest> requests) =>
        [.. requests.Select(request => LookupDraft.After(request.History.Span, request.Count))];

    /// <inheritdoc/>
    public void Dispose()
    {
        // Nothing is held.
    }
}
