using System.Text;

namespace Gdn.Harness.Corpus;

/// <summary>Sums and differences of numbers below 100. An instance is a pair of numbers.</summary>
internal sealed class Sums(Draw draw) : ITemplate
{
    private readonly Wheel _sign = new(draw, "+", "-");

    /// <inheritdoc/>
    public void Append(StringBuilder text)
    {
        (int a, int b) = (0, 0);
        draw.Instance(() =>
        {
            (a, b) = (Number(), Number());
            return $"{a}+{b}";
        });
        text.Append(_sign.Next() == "+" ? $"sum {a}+{b}={a + b}.\n" : $"sum {a + b}-{b}={a}.\n");
    }

    // Tens and ones apart, each with a favourite digit.
    private int Number() => 10 * draw.Favouring(1, 0.3, 10) + draw.Favouring(2, 0.3, 10);
}
