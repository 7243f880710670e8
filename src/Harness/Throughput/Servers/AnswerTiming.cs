namespace Gdn.Harness.Throughput.Servers;

/// <summary>When the tokens of an answer arrived, in seconds from when it was asked for.</summary>
internal sealed class AnswerTiming
{
    private readonly List<(double Seconds, int Tokens)> _parts = [];

    /// <summary>Time to the first token.</summary>
    public double First => _parts[0].Seconds;

    /// <summary>When the last one arrived.</summary>
    public double Last => _parts[^1].Seconds;

    /// <summary>Whether anything arrived.</summary>
    public bool IsEmpty => _parts.Count == 0;

    /// <summary>Times between tokens. A part with several is as many of equal length.</summary>
    public IEnumerable<double> Gaps => Enumerable.Range(1, _parts.Count - 1).SelectMany(i =>
        Enumerable.Repeat((_parts[i].Seconds - _parts[i - 1].Seconds) / _parts[i].Tokens, _parts[i].Tokens));

    /// <summary>Takes in a part of the answer.</summary>
    public void Add(double seconds, int tokens) => _parts.Add((seconds, Math.Max(1, tokens)));

    /// <summary>Tokens that arrived later than that.</summary>
    public int After(double seconds) => _parts.Where(part => part.Seconds > seconds).Sum(part => part.Tokens);
}

/// <summary>The times of requests that were sent together.</summary>
internal static class RequestTimes
{
    /// <summary>
    /// T_PP: until all have their first token. T_TG: from then until the last token, as long as all answers together have at that rate.
    /// </summary>
    /// <param name="workload">What was asked for.</param>
    /// <param name="answers">When tokens arrived.</param>
    /// <returns>Null where no tokens arrived after the first ones: then answers cannot be timed.</returns>
    public static WorkloadTimes? Of(Workload workload, IReadOnlyList<AnswerTiming> answers)
    {
        if (answers.Any(answer => answer.IsEmpty)) return null;
        double start = answers.Max(answer => answer.First), end = answers.Max(answer => answer.Last);
        int tokens = answers.Sum(answer => answer.After(start));
        if (tokens == 0) return null;
        double answering = (end - start) / tokens * workload.Active.Count * workload.Answer;
        return new WorkloadTimes(new PhaseTime(start, Waited: 0), new PhaseTime(answering, Waited: 0));
    }
}
