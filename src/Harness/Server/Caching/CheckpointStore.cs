using Gdn.Reference.Engines;

namespace Gdn.Harness.Server.Caching;

/// <summary>Checkpoints of all slots, up to a number; the least recently used one is replaced.</summary>
/// <param name="capacity">How many.</param>
internal sealed class CheckpointStore(int capacity)
{
    private readonly List<Checkpoint> _checkpoints = [];
    private long _uses;

    /// <summary>Keeps a state.</summary>
    /// <param name="tokens">What it stands for.</param>
    /// <param name="state">The state.</param>
    public void Add(ReadOnlySpan<int> tokens, IStateSnapshot state)
    {
        Checkpoint? same = Find(tokens);
        if (same is null)
        {
            if (_checkpoints.Count == capacity) _checkpoints.Remove(_checkpoints.MinBy(checkpoint => checkpoint.LastUse)!);
            _checkpoints.Add(same = new Checkpoint(tokens.ToArray(), state));
        }

        same.State = state;
        same.LastUse = ++_uses;
    }

    /// <summary>The checkpoint that spares most of a prompt, or null.</summary>
    /// <param name="spared">How many tokens of the prompt a checkpoint spares; 0 when it is of no use.</param>
    public Checkpoint? Best(Func<Checkpoint, int> spared)
    {
        Checkpoint? best = _checkpoints.Where(checkpoint => spared(checkpoint) > 0).MaxBy(spared);
        if (best is not null) best.LastUse = ++_uses;
        return best;
    }

    private Checkpoint? Find(ReadOnlySpan<int> tokens)
    {
        foreach (Checkpoint checkpoint in _checkpoints)
            if (tokens.SequenceEqual(checkpoint.Tokens)) return checkpoint;
        return null;
    }
}
