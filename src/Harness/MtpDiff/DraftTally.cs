using Gdn.Harness.Metrics;

namespace Gdn.Harness.MtpDiff;

/// <summary>How many drafts were made and accepted.</summary>
internal sealed class DraftTally
{
    private readonly List<(int Drafted, int Accepted)> _rounds;

    /// <summary>Counts rounds.</summary>
    /// <param name="rounds">Of each how many tokens were drafted, and how many accepted.</param>
    public DraftTally(IEnumerable<(int Drafted, int Accepted)> rounds) => _rounds = [.. rounds];

    /// <summary>Rounds of all sequences.</summary>
    public int Rounds => _rounds.Count;

    /// <summary>Tokens drafted.</summary>
    public int Drafted => _rounds.Sum(round => round.Drafted);

    /// <summary>Of those, accepted.</summary>
    public int Accepted => _rounds.Sum(round => round.Accepted);

    /// <summary>Tokens that a round brings: one of its own, and those accepted.</summary>
    public double MeanLength => Rounds == 0 ? 1 : 1 + (double)Accepted / Rounds;

    /// <summary>Accepted drafts, with the interval of their rate.</summary>
    public BinomialRate Acceptance => new(Accepted, Drafted);

    /// <summary>Rounds by how many drafts were accepted, from none on.</summary>
    public int[] Histogram
    {
        get
        {
            var counts = new int[_rounds.Count == 0 ? 1 : 1 + _rounds.Max(round => round.Accepted)];
            foreach ((_, int accepted) in _rounds) counts[accepted]++;
            return counts;
        }
    }

    /// <summary>For each place in a draft, how often a token was drafted there and how often it was accepted.</summary>
    public IReadOnlyList<BinomialRate> ByPlace
    {
        get
        {
            int longest = _rounds.Count == 0 ? 0 : _rounds.Max(round => round.Drafted);
            return [.. Enumerable.Range(0, longest).Select(place => new BinomialRate(
                _rounds.Count(round => round.Accepted > place), _rounds.Count(round => round.Drafted > place)))];
        }
    }
}
