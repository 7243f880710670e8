using Gdn.Reference.Batches;
using Gdn.Reference.Engines;

namespace Gdn.Harness.Speculation;

/// <summary>Drafts with the engine's own draft (MTP) layers, the likeliest token each time.</summary>
/// <param name="engine">The engine that verifies; it must be able to draft. It is not disposed of.</param>
internal sealed class HeadDrafts(IDraftingEngine engine) : IDraftSource
{
    private float[] _logits = [];

    /// <inheritdoc/>
    public string Name => "head";

    /// <inheritdoc/>
    public IReadOnlyList<int[]> Draft(IReadOnlyList<DraftRequest> requests)
    {
        var drafts = new List<int>[requests.Count];
        for (int i = 0; i < drafts.Length; i++) drafts[i] = [];
        for (int step = 0; ; step++)
        {
            int[] going = [.. Enumerable.Range(0, drafts.Length).Where(i => step < requests[i].Count)];
            if (going.Length == 0) return [.. drafts.Select(tokens => tokens.ToArray())];
            DraftToken[] tokens = [.. going.Select(i => new DraftToken(
                requests[i].Sequence, step == 0 ? requests[i].History.Span[^1] : drafts[i][^1]))];
            int vocabulary = engine.Info.Vocabulary;
            if (_logits.Length < tokens.Length * vocabulary) _logits = new float[tokens.Length * vocabulary];
            engine.Draft(tokens, _logits.AsSpan(0, tokens.Length * vocabulary));
            foreach ((int n, int i) in going.Index())
                drafts[i].Add(Sampler.Likeliest.Choose(_logits.AsSpan(n * vocabulary, vocabulary)));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // The engine is not its own.
    }
}
