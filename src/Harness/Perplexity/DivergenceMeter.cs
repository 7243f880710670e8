using Gdn.Harness.Metrics;

namespace Gdn.Harness.Perplexity;

/// <summary>
/// How far the predictions of a run lie from those of a reference, at each scored position: Kullback-Leibler divergence, whether the
/// likeliest token is the same, and how the probability of the token of the text has moved.
/// </summary>
/// <remarks>Source: llama.cpp and ik_llama.cpp, <c>kl_divergence()</c>.</remarks>
/// <param name="text">The text.</param>
/// <param name="reference">The reference.</param>
internal sealed class DivergenceMeter(ScoredText text, IDistributions reference) : IScoredRows
{
    private readonly int _chunks = Math.Min(text.Chunks, reference.Chunks);
    private readonly double[] _expected = new double[reference.Vocabulary];
    private readonly double[] _divergences = new double[text.Scored], _sameTops = new double[text.Scored];
    private readonly double[] _squaredMoves = new double[text.Scored];
    private readonly double[] _surprises = new double[text.Scored], _expectedSurprises = new double[text.Scored];

    /// <inheritdoc/>
    public void Take(int index, ReadOnlySpan<float> logits)
    {
        (int chunk, int position) = text.PlaceOf(index);
        if (chunk >= _chunks) return;
        reference.Read(index, _expected);
        double logSum = LogSoftmax.LogSum(logits), divergence = 0;
        int top = 0, expectedTop = 0;
        for (int id = 0; id < _expected.Length; id++)
        {
            double expected = _expected[id], actual = logits[id] - logSum;
            if (logits[id] > logits[top]) top = id;
            if (expected > _expected[expectedTop]) expectedTop = id;
            if (expected > reference.Least || double.IsNaN(actual)) divergence += Math.Exp(expected) * (expected - actual);
        }

        int target = text.Target(chunk, position);
        _divergences[index] = divergence;
        _sameTops[index] = top == expectedTop ? 1 : 0;
        _surprises[index] = logSum - logits[target];
        _expectedSurprises[index] = -_expected[target];
        _squaredMoves[index] = Math.Pow(Math.Exp(-_surprises[index]) - Math.Exp(_expected[target]), 2);
    }

    /// <summary>All positions together.</summary>
    /// <param name="chunks">Chunks that were run.</param>
    /// <returns>Null where there are not two that both have.</returns>
    public DivergenceSummary? Summarize(int chunks)
    {
        chunks = Math.Min(chunks, _chunks);
        if (chunks < 2) return null;
        int count = chunks * text.ScoredPerChunk;
        double[] Means(double[] values) => text.MeansByChunk(values.AsSpan(0, count));
        return new DivergenceSummary(
            count, MeanInterval.Of(Means(_divergences)).Within(0, double.PositiveInfinity), _divergences.Take(count).Max(),
            SameTop(count, MeanInterval.Of(Means(_sameTops)).Within(0, 1)), Math.Sqrt(_squaredMoves.Take(count).Average()),
            PairedDifference.Of(Means(_surprises), Means(_expectedSurprises)));
    }

    // Chunks that are all alike do not make the rate certain: an interval is no narrower than that of independent tokens.
    private MeanInterval SameTop(int count, MeanInterval byChunk)
    {
        var others = new BinomialRate(count - (int)_sameTops.Take(count).Sum(), count);
        return byChunk with { Low = Math.Min(byChunk.Low, 1 - others.High), High = Math.Max(byChunk.High, 1 - others.Low) };
    }
}

/// <summary>How far the predictions of a run lie from those of a reference. Intervals are over chunks.</summary>
/// <param name="Tokens">Scored positions that both have.</param>
/// <param name="Mean">Mean divergence, in nats.</param>
/// <param name="Largest">The largest.</param>
/// <param name="SameTop">The part of positions with the same likeliest token.</param>
/// <param name="MoveRms">Root of the mean square by which the probability of the token of the text moved.</param>
/// <param name="Difference">How the perplexity of the run differs from the reference's.</param>
internal sealed record DivergenceSummary(
    int Tokens, MeanInterval Mean, double Largest, MeanInterval SameTop, double MoveRms, PairedDifference Difference);
