namespace Gdn.Harness.Checks.Attribution;

/// <summary>Which wrong state explains a wrong answer.</summary>
public enum StateCause
{
    /// <summary>None that was tried: the arithmetic is wrong, or the state is nobody's.</summary>
    None,

    /// <summary>Another sequence's state, or its own with another's tokens in it.</summary>
    OtherSequence,

    /// <summary>A state left behind: by a sequence that is gone, or by an earlier life of the same one.</summary>
    MissingReset,

    /// <summary>The zero state in place of the sequence's own.</summary>
    DroppedCarry,

    /// <summary>The sequence's own state as it was some tokens ago.</summary>
    StaleState,

    /// <summary>The sequence's own state with tokens in it that it must not have: taken back, absorbed twice, or padding.</summary>
    AheadState,
}
