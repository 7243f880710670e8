namespace Gdn.Harness.Server.Scheduling;

/// <summary>A server at one moment between two passes.</summary>
/// <param name="Slots">Its slots.</param>
/// <param name="Waiting">Requests that wait for a slot.</param>
/// <param name="Totals">What it has done.</param>
/// <param name="Death">How the engine's process ended; null while it lives.</param>
internal sealed record ServerStatus(IReadOnlyList<SlotStatus> Slots, int Waiting, ServerTotals Totals, string? Death);
