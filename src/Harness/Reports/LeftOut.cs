namespace Gdn.Harness.Reports;

/// <summary>A part that a command usually has, and this time has not.</summary>
/// <param name="Part">What was not run.</param>
/// <param name="Reason">Why.</param>
public sealed record LeftOut(string Part, string Reason);
