using Gdn.Harness.Models;
using Gdn.Harness.Speculation;
using Gdn.Reference.Batches;
using Gdn.Reference.Models;

namespace Gdn.Harness.MtpDiff;

/// <summary>A token that the reference drafts.</summary>
/// <param name="Token">The token.</param>
/// <param name="Gap">How far the second best is behind, in nats: below what rounding does, an engine may rightly draft another.</param>
internal readonly record struct ReferenceDraft(int Token, double Gap);

/// <summary>
/// What a model's draft layers should draft along an answer, by the reference in double precision: from it follows which drafts
/// should be accepted, whatever K.
/// </summary>
/// <param name="Chains">For each token of the answer, the tokens drafted from it, one after the other.</param>
internal sealed record ReferenceDrafts(IReadOnlyList<ReferenceDraft[]> Chains)
{
    /// <summary>Drafts along an answer.</summary>
    /// <param name="model">The model; it has draft layers.</param>
    /// <param name="answer">The answer.</param>
    /// <param name="count">Tokens of each chain.</param>
    /// <param name="cancellation">Ends it.</param>
    public static ReferenceDrafts Along(LoadedModel model, PlainAnswer answer, int count, CancellationToken cancellation)
    {
        BatchLimits limits = model.Limits(slots: 1) with { MaxBatchTokens = int.MaxValue };
        var engine = new ReferenceEngine<double>(model.Exact, limits, planes: 1, drafts: true);
        var logits = new double[model.Config.Vocabulary];
        var chains = new List<ReferenceDraft[]>();
        Decode(answer.Prompt);
        foreach (int token in answer.Tokens)
        {
            cancellation.ThrowIfCancellationRequested();
            var chain = new List<ReferenceDraft>();
            int room = Math.Min(count, limits.MaxPositions - engine.NextPosition(0));
            for (int next = token; chain.Count < room; next = chain[^1].Token)
            {
                engine.Draft([new DraftToken(0, next)], logits);
                chain.Add(BestOf(logits));
            }

            chains.Add([.. chain]);
            if (engine.NextPosition(0) < limits.MaxPositions) Decode([token]);
        }

        return new ReferenceDrafts(chains);

        void Decode(int[] tokens)
        {
            int first = engine.NextPosition(0);
            engine.Decode(new TokenBatch(tokens.Select((token, i) => new BatchToken(token, 0, first + i, Output: false))), []);
        }
    }

    /// <summary>The rounds that decoding with at most K drafts would have.</summary>
    /// <param name="tokens">The answer.</param>
    /// <param name="drafts">K.</param>
    public IEnumerable<DraftRound> Rounds(int[] tokens, int drafts)
    {
        for (int answered = 1; answered < tokens.Length;)
        {
            int[] drafted = [.. Chains[answered - 1].Take(Math.Min(drafts, tokens.Length - answered - 1)).Select(draft => draft.Token)];
            int accepted = drafted.AsSpan().CommonPrefixLength(tokens.AsSpan(answered));
            yield return new DraftRound(answered, drafted, accepted);
            answered += accepted + 1;
        }
    }

    private static ReferenceDraft BestOf(double[] logits)
    {
        int best = 0;
        for (int v = 1; v < logits.Length; v++) if (logits[v] > logits[best]) best = v;
        double second = double.NegativeInfinity;
        for (int v = 0; v < logits.Length; v++) if (v != best) second = Math.Max(second, logits[v]);
        return new ReferenceDraft(best, logits[best] - second);
    }
}
