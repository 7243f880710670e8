namespace Gdn.Harness.Speculation;

/// <summary>Drafts nothing: decoding as usual, through the same loop.</summary>
internal sealed class NoDrafts : IDraftSource
{
    /// <inheritdoc/>
    public string Name => "none";

    /// <inheritdoc/>
    public IReadOnlyList<int[]> Draft(IReadOnlyList<DraftRequest> requests) => [.. requests.Select(_ => Array.Empty<int>())];

    /// <inheritdoc/>
    public void Dispose()
    {
        // Nothing is held.
    }
}
