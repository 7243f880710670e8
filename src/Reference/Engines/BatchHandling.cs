namespace Gdn.Reference.Engines;

/// <summary>What an engine does with a kind of batch.</summary>
public enum BatchHandling
{
    /// <summary>It refuses it.</summary>
    Refused,

    /// <summary>It runs it, perhaps in several passes, such as one sequence after the other.</summary>
    Split,

    /// <summary>It runs it in one pass; <see cref="EngineCounters.SplitBatches"/> never counts it.</summary>
    OnePass,
}
