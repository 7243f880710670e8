using Gdn.Harness.Clients;

namespace Gdn.Harness.Divergence;

/// <summary>How far two answers disagree about what comes next, after the same tokens.</summary>
internal static class RowDelta
{
    // Far down the list, log-probabilities are large and matter little for the text.
    private const int CandidatesCompared = 5;

    /// <summary>
    /// Root mean square of the differences of log-probabilities, less their mean, over the likeliest tokens of either:
    /// the normaliser cancels, and what is left is how the logits moved against each other. In nats. Null where a side
    /// reports no candidates.
    /// </summary>
    public static double? Between(ServedToken one, ServedToken other)
    {
        if (one.Candidates.Count == 0 || other.Candidates.Count == 0) return null;
        var differences = new List<double>();
        foreach (Candidate candidate in one.Candidates.Take(CandidatesCompared))
            if (Difference(candidate, other.Candidates) is { } difference) differences.Add(difference);
        foreach (Candidate candidate in other.Candidates.Take(CandidatesCompared))
            if (!one.Candidates.Take(CandidatesCompared).Any(c => c.Is(candidate.Id, candidate.Text))
                && Difference(candidate, one.Candidates) is { } difference)
                differences.Add(-difference);
        if (differences.Count == 0) return null;

        double mean = differences.Count == 1 ? 0 : differences.Average();
        return Math.Sqrt(differences.Average(difference => (difference - mean) * (difference - mean)));
    }

    // A candidate that the other does not list is less likely there than all that it lists: the difference is at least
    // that to the last of them.
    private static double? Difference(Candidate candidate, IReadOnlyList<Candidate> others)
    {
        foreach (Candidate other in others)
            if (other.Is(candidate.Id, candidate.Text)) return candidate.LogProbability - other.LogProbability;
        double least = candidate.LogProbability - others[^1].LogProbability;
        return least > 0 ? least : null;
    }
}
