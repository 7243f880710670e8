namespace Gdn.Harness.Perplexity;

/// <summary>A row of logits as log-probabilities, in nats.</summary>
internal readonly struct LogSoftmax
{
    private readonly float _largest;
    private readonly double _logSum;

    /// <summary>Normalises a row.</summary>
    public LogSoftmax(ReadOnlySpan<float> logits)
    {
        int top = 0;
        for (int v = 1; v < logits.Length; v++)
            if (logits[v] > logits[top]) top = v;
        (Top, _largest) = (top, logits[top]);
        double sum = 0;
        foreach (float logit in logits) sum += Math.Exp(logit - _largest);
        _logSum = Math.Log(sum);
    }

    /// <summary>The likeliest token, the first of equal ones.</summary>
    public int Top { get; }

    /// <summary>The log-probability of a token with this logit. NaN anywhere in the row makes it NaN.</summary>
    public double Of(float logit) => logit - _largest - _logSum;
}
