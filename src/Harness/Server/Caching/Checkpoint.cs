using Gdn.Reference.Engines;

namespace Gdn.Harness.Server.Caching;

/// <summary>A state that was kept, and the tokens that it stands for.</summary>
internal sealed class Checkpoint(int[] tokens, IStateSnapshot state)
{
    /// <summary>Every token from position 0.</summary>
    public int[] Tokens { get; } = tokens;

    /// <summary>The state after them.</summary>
    public IStateSnapshot State { get; set; } = state;

    /// <summary>When it was last taken or used.</summary>
    public long LastUse { get; set; }
}
