namespace Gdn.Harness.Findings;

/// <summary>
/// What a campaign has found so far. Findings of the same fingerprint are one: the first stands for all. This is where findings are
/// held against those that are known.
/// </summary>
/// <param name="policy">What to do with them.</param>
public sealed class FindingGroups(FindingPolicy policy)
{
    private readonly List<Finding> _findings = [];

    /// <summary>One finding of each group, in the order in which they came.</summary>
    public IReadOnlyList<Finding> Findings => _findings;

    /// <summary>Whether there is a finding that was not known.</summary>
    public bool HasNew => _findings.Any(finding => !finding.IsKnown);

    /// <summary>Whether there are as many findings as were asked for.</summary>
    public bool IsEnough => _findings.Count(finding => !finding.IsKnown) >= (policy.MaxFindings ?? 1);

    /// <summary>Adds a finding, and saves it if it is the first of its group; the one that stands for the group.</summary>
    public Finding Add(Finding finding)
    {
        int group = finding.Fingerprint is null
            ? -1
            : _findings.FindIndex(other => other.Fingerprint == finding.Fingerprint);
        if (group >= 0)
            return _findings[group] = _findings[group] with { AlsoSeen = (_findings[group].AlsoSeen ?? 0) + 1 };
        _findings.Add(policy.Save(finding with { KnownReason = policy.Known.ReasonFor(finding) }));
        return _findings[^1];
    }
}
