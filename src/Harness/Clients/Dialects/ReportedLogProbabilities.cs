using Gdn.Harness.Clients.Http;

namespace Gdn.Harness.Clients.Dialects;

/// <summary>Corrects what servers report as log-probabilities.</summary>
internal static class ReportedLogProbabilities
{
    // Stand-ins for "none": vLLM's -9999, and the lowest float, to which llama.cpp underflows.
    private const double Lowest = -9000;

    // Rounding may lift a probability of one a little above it.
    private const double Highest = 1e-3;

    /// <summary>The log-probability, or null for a stand-in.</summary>
    /// <exception cref="BadAnswerException">It is above 0.</exception>
    public static double? Known(AnswerJson reported) => reported.Number() switch
    {
        <= Lowest => null,
        <= Highest and var value => Math.Min(value, 0),
        _ => throw reported.Wrong($"{reported.Json} is not a log-probability"),
    };

    /// <summary>
    /// A token that llama.cpp took from a draft has log-probability 0 and no candidates: unknown, not certain.
    /// </summary>
    public static ServedToken WithoutPlaceholder(ServedToken token) =>
        token is { LogProbability: 0, Candidates.Count: 0 } ? token with { LogProbability = null } : token;

    /// <summary>
    /// ik_llama.cpp adds the tail behind the reported candidates to its normaliser twice. With head H and tail T it
    /// reports q = e / (H + 2T) for the true p = e / (H + T), and its reported candidates sum to s = H / (H + 2T), so
    /// p = 2q / (1 + s).
    /// </summary>
    public static ServedToken WithTailOnce(ServedToken token)
    {
        if (token.Candidates.Count == 0) return token;
        double lift = Math.Log(2 / (1 + token.Candidates.Sum(candidate => Math.Exp(candidate.LogProbability))));
        return token with
        {
            LogProbability = token.LogProbability + lift,
            Candidates = [.. token.Candidates.Select(c => c with { LogProbability = c.LogProbability + lift })],
        };
    }
}
