namespace Gdn.Harness.Faults;

/// <summary>Where a fault can be seen.</summary>
[Flags]
public enum FaultLevels
{
    /// <summary>Nowhere.</summary>
    None = 0,

    /// <summary>In the delta-rule kernel alone.</summary>
    Kernel = 1,

    /// <summary>In an engine's logits.</summary>
    Model = 2,
}
