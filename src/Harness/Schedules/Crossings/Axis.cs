namespace Gdn.Harness.Schedules.Crossings;

/// <summary>A respect in which the rows of batches differ.</summary>
/// <param name="Index">Its place among <see cref="Axes.All"/>.</param>
/// <param name="Values">What it can be, as in reports.</param>
internal sealed record Axis(int Index, IReadOnlyList<string> Values);

/// <summary>
/// The axes. An engine that is right along each of them may still be wrong where two meet: where a draft is rejected while the
/// batch is full, or a sequence is released while another stands at a block's end.
/// </summary>
internal static class Axes
{
    /// <summary>Rows that a batch has at most to be told apart by its width.</summary>
    public const int MaxWidth = 8;

    /// <summary>Drafts that a row has at most.</summary>
    public const int MaxDrafts = 8;

    private static readonly string[] Works =
    [
        "a short prompt", "a long prompt", "a slice of a prompt", "one token", "1 draft",
        .. Enumerable.Range(2, MaxDrafts - 1).Select(count => FormattableString.Invariant($"{count} drafts")),
    ];

    /// <summary>What the row is doing: a <see cref="Crossings.Work"/>.</summary>
    public static Axis Work { get; } = new(0, Works);

    /// <summary>What another row of the batch is doing.</summary>
    public static Axis Beside { get; } = new(1, [.. Works.Select(work => $"beside {work}")]);

    /// <summary>Rows of the batch, less one.</summary>
    public static Axis Width { get; } = new(
        2, ["1 row", .. Enumerable.Range(2, MaxWidth - 1).Select(count => FormattableString.Invariant($"{count} rows"))]);

    /// <summary>What the other slots are doing: a <see cref="Crossings.Room"/>.</summary>
    public static Axis Room { get; } = new(3, ["every slot in the batch", "others wait", "free slots"]);

    /// <summary>What the sequence held when the operation came or, without one, the batch: a <see cref="Crossings.Held"/>.</summary>
    public static Axis Held { get; } = new(
        4, ["nothing held", "a prompt begun", "drafts kept", "1 rejected", "2 or 3 rejected", "4 or more rejected"]);

    /// <summary>An operation on a state just before or after: an <see cref="Operation"/>.</summary>
    public static Axis Operation { get; } = new(5, Crossings.Operation.Names);

    /// <summary>Where the row begins or ends: an index into <see cref="Places.Boundaries"/>, or one of the two others.</summary>
    public static Axis Place { get; } = new(6, Places.Names);

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Axis> All { get; } = [Work, Beside, Width, Room, Held, Operation, Place];
}

/// <summary>What a row of a batch is doing; drafts of n are <c>Drafts + n - 1</c>.</summary>
internal enum Work
{
    ShortPrompt,
    LongPrompt,
    Slice,
    OneToken,
    Drafts,
}

/// <summary>What slots are doing whose sequences are not in the batch.</summary>
internal enum Room
{
    Full,
    Waiting,
    Free,
}

/// <summary>What a sequence holds between two batches.</summary>
internal enum Held
{
    Nothing,
    Prompt,
    Drafts,
    OneRejected,
    SomeRejected,
    ManyRejected,
}
