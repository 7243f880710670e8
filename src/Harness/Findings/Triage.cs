using Gdn.Harness.Checks;

namespace Gdn.Harness.Findings;

/// <summary>Makes findings of the failing cases of a campaign, as many as its policy asks for.</summary>
/// <param name="policy">How many, and which are known.</param>
/// <param name="seed">Seed of the run.</param>
/// <param name="left">Time that is left of the run; null for a run without an end.</param>
public sealed class Triage(FindingPolicy policy, ulong seed, Func<TimeSpan?> left)
{
    private readonly FindingGroups _groups = new(policy);
    private readonly List<CaseResult> _known = [];

    /// <summary>What has been found, one for each group of failures.</summary>
    public IReadOnlyList<Finding> Findings => _groups.Findings;

    /// <summary>Whether there are as many findings as were asked for.</summary>
    public bool IsEnough => _groups.IsEnough;

    /// <summary>Whether there is a finding that was not known.</summary>
    public bool HasNew => _groups.HasNew;

    /// <summary>Failing cases of which, for lack of time, it is not known whether they show a known finding.</summary>
    public int Unexamined { get; private set; }

    /// <summary>Failing cases that show a known finding.</summary>
    public IReadOnlyList<CaseResult> Known => _known;

    /// <summary>Examines the failing ones of some cases. One at least is examined, whatever the time.</summary>
    /// <param name="results">The cases.</param>
    /// <param name="kindOf">
    /// Without a number of findings asked for, one new finding is made of each of these kinds; null for one for each check.
    /// </param>
    /// <param name="cancellation">Ends it early.</param>
    public void Examine(
        IReadOnlyList<CaseResult> results, Func<CaseResult, object>? kindOf, CancellationToken cancellation)
    {
        kindOf ??= result => result.Failures[0].Check.Name;
        // What cannot be known comes first: for the others there may be no time left, and they are no news.
        List<CaseResult> open = [.. results.Where(result => result.Failures.Count > 0).OrderBy(MayBeKnown)];
        bool isFirst = true;
        while (open.Count > 0 && !(policy.MaxFindings is not null && IsEnough))
        {
            CaseResult next = open[0];
            open.RemoveAt(0);
            if (!isFirst && (cancellation.IsCancellationRequested || left() < TimeSpan.Zero))
            {
                Unexamined++;
                continue;
            }

            isFirst = false;
            int kinds = open.Select(kindOf).Append(kindOf(next)).Distinct().Count();
            string[] seen = [.. Findings.Select(other => other.Fingerprint).OfType<string>()];
            Finding finding = _groups.Add(
                FindingShrinker.Shrink(next.Case, next.Failures[0], seed, left() / kinds, cancellation, seen));
            if (finding.IsKnown) _known.Add(next);
            else if (policy.MaxFindings is null) open.RemoveAll(other => kindOf(other).Equals(kindOf(next)));
        }
    }

    private bool MayBeKnown(CaseResult result) => policy.Known.Entries.Any(
        known => Fingerprint.MayBe(known.Fingerprint, result.Failures[0].Check.Name, result.Case.Schedule));
}
