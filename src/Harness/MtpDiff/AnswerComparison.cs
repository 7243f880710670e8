using Gdn.Harness.Divergence;
using Gdn.Harness.Speculation;

namespace Gdn.Harness.MtpDiff;

/// <summary>
/// Compares an answer with drafts to the one without. Up to the first other token both have the same history, so every row of
/// logits must be the same but for rounding. From there on the engine decodes the other tokens once more, without drafts, and
/// the rows are compared with those: a near-tie leaves no trace, and damage to a state does.
/// </summary>
/// <remarks>Not verified: damage that moves logits by no more than rounding may, and damage that both ways share.</remarks>
/// <param name="decodePlain">
/// The rows from which the tokens of an answer are chosen if it is decoded without drafts: of a prompt and that answer.
/// </param>
internal sealed class AnswerComparison(Func<int[], int[], IReadOnlyList<float[]>> decodePlain)
{
    /// <summary>Compares them.</summary>
    public AnswerDifference Compare(PlainAnswer plain, DraftedAnswer drafted)
    {
        int[] tokens = drafted.Ids;
        int common = plain.Tokens.AsSpan().CommonPrefixLength(tokens);
        var rows = new RowTally();
        for (int i = 0; i < Math.Min(common + 1, Math.Min(tokens.Length, plain.Rows.Count)); i++)
            rows.Add(i, plain.Rows[i], plain.Rows[i].Logits, drafted.Tokens[i].Logits);
        if (common == tokens.Length || common == plain.Tokens.Length)
            return new AnswerDifference(
                rows.First is null && tokens.Length == plain.Tokens.Length ? Outcome.Same : Outcome.Corrupt, rows.Count, rows.Wrong,
                rows.First);

        PlainRow at = plain.Rows[common];
        double gap = Math.Max(0, at.Logits[plain.Tokens[common]] - at.Logits[tokens[common]]);
        if (common + 1 < tokens.Length)
        {
            PlainRow loosest = plain.Rows.MaxBy(row => row.Allowed) with { IsRouterTie = plain.Rows.Any(row => row.IsRouterTie) };
            IReadOnlyList<float[]> expected = decodePlain(plain.Prompt, tokens);
            for (int i = common + 1; i < tokens.Length; i++) rows.Add(i, loosest, expected[i], drafted.Tokens[i].Logits);
        }

        return new AnswerDifference(rows.First is null ? Outcome.Tie : Outcome.Corrupt, rows.Count, rows.Wrong, rows.First)
        {
            Divergence = common,
            Gap = gap,
            GapInNoise = gap / at.Noise,
        };
    }

    private sealed class RowTally
    {
        public int Count { get; private set; }

        public int Wrong { get; private set; }

        public WrongRow? First { get; private set; }

        public void Add(int token, PlainRow rule, float[] expected, float[] actual)
        {
            if (rule.IsRouterTie) return;
            Count++;
            int worst = -1;
            double largest = rule.Allowed;
            for (int v = 0; v < actual.Length; v++)
            {
                double error = Math.Abs((double)actual[v] - expected[v]);
                // NaN is wrong, and worse than anything.
                if (error <= largest || double.IsNaN(largest)) continue;
                (worst, largest) = (v, error);
            }

            if (worst < 0) return;
            Wrong++;
            First ??= new WrongRow(token, worst, expected[worst], actual[worst], rule.Allowed);
        }
    }
}
