using Gdn.Reference.Batches;
using Gdn.Reference.Engines;

namespace Gdn.Harness.Speculation;

/// <summary>
/// Drafts with another model of the same vocabulary, the likeliest token each time. It follows each sequence as far as its
/// tokens are certain, and goes back there after every draft.
/// </summary>
/// <param name="engine">An engine for the draft model, with snapshots and a slot for each sequence; disposed of with this.</param>
internal sealed class ModelDrafts(IModelEngine engine) : IDraftSource
{
    // How many tokens of a sequence the state is of.
    private readonly Dictionary<int, (IStateSnapshot State, int Tokens)> _certain = [];

    /// <inheritdoc/>
    public string Name => "model";

    /// <inheritdoc/>
    public IReadOnlyList<int[]> Draft(IReadOnlyList<DraftRequest> requests) => [.. requests.Select(Draft)];

    /// <inheritdoc/>
    public void Dispose() => engine.Dispose();

    private int[] Draft(DraftRequest request)
    {
        int known = 0;
        if (_certain.TryGetValue(request.Sequence, out (IStateSnapshot State, int Tokens) certain) && certain.Tokens < request.History.Length)
        {
            engine.Restore(request.Sequence, certain.State);
            known = certain.Tokens;
        }
        else
        {
            engine.Clear(request.Sequence);
        }

        var drafts = new List<int>(request.Count);
        var logits = new float[engine.Info.Vocabulary];
        foreach (int[] part in request.History[known..].ToArray().Chunk(engine.Info.Capabilities.MaxBatchTokens))
            Decode(request.Sequence, part, logits);
        _certain[request.Sequence] = (engine.Snapshot(request.Sequence), request.History.Length);
        while (drafts.Count < request.Count)
        {
            if (drafts.Count > 0) Decode(request.Sequence, [drafts[^1]], logits);
            drafts.Add(Sampler.Likeliest.Choose(logits));
        }

        return [.. drafts];
    }

    private void Decode(int sequence, int[] tokens, float[] logits)
    {
        int first = engine.NextPosition(sequence);
        engine.Decode(
            new TokenBatch(tokens.Select((token, i) => new BatchToken(token, sequence, first + i, Output: i == tokens.Length - 1))), logits);
    }
}
