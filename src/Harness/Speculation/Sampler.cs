namespace Gdn.Harness.Speculation;

/// <summary>
/// Chooses tokens: the likeliest one at temperature 0, else one drawn at random from a seeded stream. One number is drawn
/// per token, so that drafts do not change an answer.
/// </summary>
/// <param name="temperature">Divides the logits.</param>
/// <param name="seed">Names the stream.</param>
/// <param name="masked">A token that is never chosen; -1 for none.</param>
internal sealed class Sampler(double temperature, ulong seed, int masked)
{
    private readonly SeededRandom _random = new(seed);

    /// <summary>The likeliest token each time, the first of equal ones; draws nothing, and so may be shared.</summary>
    public static Sampler Likeliest { get; } = new(temperature: 0, seed: 0, masked: -1);

    /// <summary>A token for a row of logits <c>[V]</c>. NaN is never chosen where there is something else.</summary>
    public int Choose(ReadOnlySpan<float> logits)
    {
        int best = BestOf(logits);
        return temperature == 0 ? best : Draw(logits, logits[best]);
    }

    private int BestOf(ReadOnlySpan<float> logits)
    {
        int best = masked == 0 && logits.Length > 1 ? 1 : 0;
        for (int id = best + 1; id < logits.Length; id++)
            if (id != masked && (logits[id] > logits[best] || float.IsNaN(logits[best]) && !float.IsNaN(logits[id]))) best = id;
        return best;
    }

    private int Draw(ReadOnlySpan<float> logits, float max)
    {
        double total = 0;
        for (int id = 0; id < logits.Length; id++) total += Weight(logits, id, max);
        double left = _random.NextDouble() * total;
        int last = 0;
        for (int id = 0; id < logits.Length; id++)
        {
            double weight = Weight(logits, id, max);
            if (!(weight > 0)) continue;
            last = id;
            left -= weight;
            if (left < 0) break;
        }

        return last;
    }

    private double Weight(ReadOnlySpan<float> logits, int id, float max) =>
        id == masked || float.IsNaN(logits[id]) ? 0 : Math.Exp((logits[id] - max) / temperature);
}
