namespace Gdn.Harness.Reports;

/// <summary>What stands in a part of a report: a <see cref="Note"/> or a <see cref="Table"/>.</summary>
public interface IPartContent;

/// <summary>A line of text.</summary>
/// <param name="Text">The line.</param>
/// <param name="IsWarning">Whether the reader should act on it.</param>
public sealed record Note(string Text, bool IsWarning = false) : IPartContent
{
    /// <summary>Whether only some readers want it: it is in reports, and not on the screen.</summary>
    public bool IsDetail { get; init; }
}
