namespace Gdn.Harness.Findings;

/// <summary>What a run does with what it finds.</summary>
public sealed record FindingPolicy
{
    /// <summary>Nothing is expected, and a campaign stops when it has found something.</summary>
    public static FindingPolicy Default { get; } = new();

    /// <summary>Findings that are expected: they neither fail a run nor stop a campaign.</summary>
    public KnownFindings Known { get; init; } = KnownFindings.None;

    /// <summary>
    /// Different findings after which a campaign stops; null to stop after the first wave of cases that holds one, with one finding
    /// for each check that failed.
    /// </summary>
    public int? MaxFindings { get; init; }

    /// <summary>Whether a campaign goes on after its first findings.</summary>
    public bool GoesOn => MaxFindings is not null || Known.Entries.Count > 0;

    /// <summary>Saves a finding as soon as it is made, and gives it back with its replay file.</summary>
    public Func<Finding, Finding> Save { get; init; } = finding => finding;
}
