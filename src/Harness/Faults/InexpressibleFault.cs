namespace Gdn.Harness.Faults;

/// <summary>A real bug that this harness's engines have no place for.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Reason">What it needs.</param>
public sealed record InexpressibleFault(string Id, string Reason);
