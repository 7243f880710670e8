using Gdn.Harness.Findings;
using Gdn.Reference;
using static System.FormattableString;

namespace Gdn.Harness.Reports.Writers;

/// <summary>What reports for people say of a finding besides its summary and its steps.</summary>
internal static class FindingText
{
    /// <summary>A line for each thing that is known of it.</summary>
    public static IEnumerable<string> Lines(Finding finding)
    {
        if (finding.KnownReason is { } reason) yield return $"known: {reason}";
        if (finding.Cause is { } cause) yield return $"cause: {cause}";
        if (finding.Layer is { } layer) yield return $"first wrong layer: {layer}";
        if (finding.Extent is { } extent) yield return $"wrong: {extent}";
        if (finding.Mistake is { } mistake) yield return $"nearest known mistake: {mistake}";
        foreach (string line in finding.Neighbours ?? []) yield return line;
        if (finding.OtherCases is { } cases) yield return $"also on {cases}";
        if (finding.AlsoSeen is { } others) yield return Invariant($"also seen in {others} other {(others == 1 ? "case" : "cases")}");
        if (finding.Fingerprint is { } fingerprint) yield return $"fingerprint: {fingerprint}";
    }

    /// <summary>The command that shows it again; null where it has no replay file.</summary>
    public static string? Replay(Finding finding) => finding.ReplayPath is not { } path
        ? null
        : $"gdn-harness replay {OutsideText.Shell(path)}" + (finding.Replay?.NeedsTrust == true ? " --trust" : "")
            + (finding.Runs is { } runs ? Invariant($" --repeat {runs}") : "");

    /// <summary>All of it: its summary, what is known of it, its steps and how to see it again, a line for each.</summary>
    public static IEnumerable<string> Whole(Finding finding) =>
    [
        finding.Summary,
        .. Lines(finding).Concat(finding.Steps).Select(line => $"  {line}"),
        .. Replay(finding) is { } replay ? (string[])[$"  replay: {replay}"] : [],
    ];

    /// <summary>Says that a known finding did not occur.</summary>
    public static string NotSeen(KnownFinding known) =>
        $"known finding {known.Fingerprint} did not occur in this run ({known.Reason})";
}
