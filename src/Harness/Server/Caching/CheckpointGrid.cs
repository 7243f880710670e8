namespace Gdn.Harness.Server.Caching;

/// <summary>
/// Where checkpoints are taken: at multiples of a spacing, and shortly before the end of a prompt, where they serve the
/// same prompt again and others that differ in their last words only.
/// </summary>
internal static class CheckpointGrid
{
    /// <summary>Tokens from one checkpoint to the next.</summary>
    public const int Spacing = 32;

    /// <summary>Tokens of a prompt that are read after its last checkpoint.</summary>
    public const int Tail = 4;

    /// <summary>Where the piece of a prompt must end that begins at a position.</summary>
    public static int Next(int position, int promptLength)
    {
        int next = Math.Min(promptLength, position - position % Spacing + Spacing);
        int last = promptLength - Tail;
        return position < last ? Math.Min(next, last) : next;
    }

    /// <summary>Whether a checkpoint is due for a sequence that a pass has carried from one position to another.</summary>
    public static bool IsDue(int before, int after, int promptLength) =>
        after / Spacing > before / Spacing || (after == promptLength - Tail && after > before);
}
