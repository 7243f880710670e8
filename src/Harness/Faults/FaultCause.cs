namespace Gdn.Harness.Faults;

/// <summary>Which wrong state explains what a faulty engine answers: what attribution has to name.</summary>
public enum FaultCause
{
    /// <summary>None: the arithmetic is wrong, or the state belongs to nobody.</summary>
    None,

    /// <summary>Another living sequence's state.</summary>
    OtherSequence,

    /// <summary>What the slot held before the sequence started.</summary>
    MissingReset,

    /// <summary>The zero state in place of the sequence's own.</summary>
    DroppedCarry,

    /// <summary>The sequence's own state as it was some tokens ago, in whole or in part.</summary>
    StaleState,

    /// <summary>The sequence's own state with tokens in it that were taken back, or twice the same.</summary>
    AheadState,
}
