using Gdn.Reference.Engines;

namespace Gdn.Harness.Schedules.Coverage;

/// <summary>What an engine must declare so that a state can be reached.</summary>
internal readonly record struct Needs
{
    // More than any schedule has.
    private const int ManyPlanes = 64;

    /// <summary>Tokens that can be taken back after a batch.</summary>
    public int Rollback { get; init; }

    /// <summary>More than one rollback after a batch.</summary>
    public bool RepeatedRollback { get; init; }

    /// <summary>Copies.</summary>
    public bool Copies { get; init; }

    /// <summary>Snapshots.</summary>
    public bool Snapshots { get; init; }

    /// <summary>Ragged batches.</summary>
    public bool Ragged { get; init; }

    /// <summary>Interleaved batches.</summary>
    public bool Interleaved { get; init; }

    /// <summary>Tokens of one sequence, and in one batch.</summary>
    public int Tokens { get; init; }

    /// <summary>Whether schedules with these rules can reach the state.</summary>
    public bool AreMetBy(ScheduleRules rules)
    {
        EngineCapabilities declared = rules.Capabilities;
        return declared.RollbackLimit(ManyPlanes, ManyPlanes) >= Rollback
            && (!RepeatedRollback || declared.Rollback == RollbackSupport.Repeated)
            && (!Copies || declared.Copies)
            && (!Snapshots || declared.Snapshots)
            && (!Ragged || declared.RaggedBatches != BatchHandling.Refused)
            && (!Interleaved || declared.InterleavedBatches != BatchHandling.Refused)
            && Math.Min(rules.Limits.MaxBatchTokens, rules.Limits.MaxPositions) >= Tokens;
    }
}
