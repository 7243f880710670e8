namespace Gdn.Harness.Checks.Attribution;

/// <summary>A token before which an engine may have taken up a wrong state.</summary>
/// <param name="Step">Step of the batch that it was decoded in.</param>
/// <param name="Sequence">The sequence that it was decoded for: the one with the wrong answer, or one that this was copied from.</param>
/// <param name="Token">Its index in the run.</param>
/// <param name="Position">Its position.</param>
internal readonly record struct EntryPoint(int Step, int Sequence, int Token, int Position)
{
    // The least of the usual blocks and chunks: 32 and 64 end where some of these do.
    private const int BlockTokens = 16;

    /// <summary>Whether a block of the sequence, or of the run, ends before the token.</summary>
    public bool IsBlockEnd => Token > 0 && (Token % BlockTokens == 0 || Position % BlockTokens == 0);
}
