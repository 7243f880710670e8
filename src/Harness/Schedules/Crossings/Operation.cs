namespace Gdn.Harness.Schedules.Crossings;

/// <summary>Operations on a state.</summary>
internal enum StateOperation
{
    Clear,
    Copy,
    Snapshot,
    Restore,
    Rollback,
    Restart,
    Refusal,
}

/// <summary>An operation between two batches, as one row of either sees it.</summary>
/// <param name="Kind">What is done.</param>
/// <param name="IsAfter">Whether it follows the row; else it came since the sequence's batch before.</param>
/// <param name="IsOther">Whether it is done to another sequence.</param>
internal readonly record struct Operation(StateOperation Kind, bool IsAfter, bool IsOther)
{
    /// <summary>The value of rows without one.</summary>
    public const int None = 0;

    private static readonly string[] Kinds = ["clear", "copy", "snapshot", "restore", "rollback", "restart", "refused batch"];

    /// <summary>The value on the axis.</summary>
    public int Value => 1 + (((IsAfter ? 2 : 0) + (IsOther ? 1 : 0)) * Kinds.Length) + (int)Kind;

    /// <summary>Names of all values.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        "no operation",
        .. from when in (string[])["before", "after"]
           from whose in (string[])["", " of another"]
           from kind in Kinds
           select $"{kind}{whose} {when}",
    ];

    /// <summary>The operation of a value; null for <see cref="None"/>.</summary>
    public static Operation? Of(int value) => value == None
        ? null
        : new((StateOperation)((value - 1) % Kinds.Length), (value - 1) / Kinds.Length >= 2, (value - 1) / Kinds.Length % 2 == 1);
}
