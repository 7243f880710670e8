namespace Gdn.Reference.Engines;

/// <summary>A copy of one sequence's state, opaque to everyone but the engine that made it.</summary>
public interface IStateSnapshot
{
    /// <summary>The position that the next token must have after a restore.</summary>
    int NextPosition { get; }
}
