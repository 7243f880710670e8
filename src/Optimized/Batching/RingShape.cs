namespace Gdn.Optimized.Batching;

/// <summary>
/// How S is kept as a checkpoint and a ring of what the tokens since have written, the other design beside planes: a rollback
/// moves a cursor, and S is read with every token but written once in L of them.
/// </summary>
/// <remarks>
/// <para>
/// Checkpoints stand at every L-th position, and a position's checkpoint is the last one before it, so everything here follows
/// from the position alone: there is no cursor to keep, to reset or to take back. Entries of one checkpoint lie side by side.
/// </para>
/// <para>
/// A token's arithmetic depends on its position and on what came before, and on nothing else: not on how tokens are cut into
/// batches, nor on drafts that were taken back.
/// </para>
/// </remarks>
public readonly record struct RingShape
{
    /// <summary>Largest L: what the tokens of a checkpoint share lies on the stack.</summary>
    public const int MaxLength = 32;

    /// <summary>A ring.</summary>
    /// <param name="length">L: tokens between checkpoints, 1 to <see cref="MaxLength"/>.</param>
    /// <param name="planes">P: up to P - 1 tokens can be taken back, past checkpoints too.</param>
    public RingShape(int length, int planes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, MaxLength);
        ArgumentOutOfRangeException.ThrowIfLessThan(planes, 1);
        Length = length;
        Checkpoints = 1 + (planes - 1 + length - 1) / length;
    }

    /// <summary>L: tokens between checkpoints.</summary>
    public int Length { get; }

    /// <summary>Checkpoints kept of each slot: one, and those that tokens may be taken back past.</summary>
    public int Checkpoints { get; }

    /// <summary>Entries of a slot's ring: L for each checkpoint.</summary>
    public int Entries => Length * Checkpoints;

    /// <summary>Where a sequence stands that goes on at a position.</summary>
    public RingRoute At(int position) => new(position % Entries, position == 0 ? 0 : (position - 1) % Length + 1);

    /// <summary>First entry of the checkpoint that a sequence goes on from.</summary>
    public int FirstEntry(RingRoute route) => (route.Cursor - route.Pending + Entries) % Entries;

    /// <summary>Which of the slot's checkpoints that is.</summary>
    public int Checkpoint(RingRoute route) => FirstEntry(route) / Length;

    /// <summary>Whether a route's entries are those of one checkpoint.</summary>
    public bool Fits(RingRoute route) =>
        route.Cursor >= 0 && route.Cursor < Entries && route.Pending >= 0 && route.Pending <= Length
        && FirstEntry(route) % Length == 0;
}
