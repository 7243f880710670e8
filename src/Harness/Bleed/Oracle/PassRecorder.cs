using Gdn.Reference.Batches;
using Gdn.Reference.Engines;

namespace Gdn.Harness.Bleed.Oracle;

/// <summary>An engine without a model: it only notes what passes run.</summary>
/// <param name="vocabulary">V.</param>
internal sealed class PassRecorder(int vocabulary) : IModelEngine
{
    private sealed record Position(int NextPosition) : IStateSnapshot;

    private readonly Dictionary<int, int> _positions = [];

    /// <summary>The passes, each layout once, in the order in which they first came.</summary>
    public List<PassLayout> Layouts { get; } = [];

    /// <inheritdoc/>
    public EngineInfo Info { get; } = new("recorder", vocabulary);

    /// <inheritdoc/>
    public void Decode(TokenBatch batch, Span<float> logits)
    {
        logits.Clear();
        var layout = new PassLayout([.. batch.Tokens.ToArray().GroupBy(token => token.Sequence).OrderBy(row => row.Key)
            .Select(row => (row.Key, row.Count(), row.First().Position == 0))]);
        foreach ((int sequence, int tokens, _) in layout.Rows) _positions[sequence] = NextPosition(sequence) + tokens;
        if (!Layouts.Contains(layout)) Layouts.Add(layout);
    }

    /// <inheritdoc/>
    public int NextPosition(int sequence) => _positions.GetValueOrDefault(sequence);

    /// <inheritdoc/>
    public void Clear(int sequence) => _positions.Remove(sequence);

    /// <inheritdoc/>
    public IStateSnapshot Snapshot(int sequence) => new Position(NextPosition(sequence));

    /// <inheritdoc/>
    public void Restore(int sequence, IStateSnapshot snapshot) => _positions[sequence] = snapshot.NextPosition;

    /// <inheritdoc/>
    public void Rollback(int sequence, int count) => _positions[sequence] -= count;

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
