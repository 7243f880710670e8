namespace Gdn.Harness.Faults;

/// <summary>x</summary>
public static class ShapeKey
{
    /// <summary>x</summary>
    public static Fault Fault { get; } = new("gr-shape-key", "x", "y", o => o);
}
