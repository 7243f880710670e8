using Gdn.Harness.Reports;

namespace Gdn.Harness.Campaigns;

/// <summary>What no schedule of a campaign holds, since the engine does not declare that it can do it.</summary>
internal static class UndeclaredNote
{
    /// <summary>The note; none for an engine that declares everything.</summary>
    /// <param name="undeclared">What is left out, in words.</param>
    public static IEnumerable<Note> Of(IReadOnlyCollection<string> undeclared) => undeclared.Count == 0
        ? []
        : [new Note($"left out, since the engine does not declare it: {string.Join(", ", undeclared)}")];
}
