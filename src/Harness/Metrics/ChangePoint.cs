namespace Gdn.Harness.Metrics;

/// <summary>A place in a series from which on its values are others.</summary>
/// <param name="Index">The first of the new values.</param>
/// <param name="P">Share of random orders of the values around it that look as much like a change.</param>
/// <param name="Before">Mean since the change before.</param>
/// <param name="After">Mean up to the next change.</param>
public sealed record ChangePoint(int Index, double P, double Before, double After);
