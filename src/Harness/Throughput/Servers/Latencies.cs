using Gdn.Harness.Metrics;

namespace Gdn.Harness.Throughput.Servers;

/// <summary>How long clients of a server waited, over all requests of a workload.</summary>
internal sealed class Latencies
{
    private readonly List<double> _first = [], _gaps = [];

    /// <summary>Requests.</summary>
    public int Requests => _first.Count;

    /// <summary>Takes in an answer.</summary>
    public void Add(AnswerTiming answer)
    {
        _first.Add(answer.First);
        _gaps.AddRange(answer.Gaps);
    }

    /// <summary>Seconds to the first token that such a part of the requests did not exceed.</summary>
    public double FirstToken(double part) => Quantile.Of([.. _first.Order()], part);

    /// <summary>Seconds between tokens that such a part of the tokens did not exceed.</summary>
    public double BetweenTokens(double part) => Quantile.Of([.. _gaps.Order()], part);
}
