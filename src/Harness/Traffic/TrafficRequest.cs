namespace Gdn.Harness.Traffic;

/// <summary>A request of a client.</summary>
/// <param name="Arrival">Tick at which it arrives; a tick is one pass in which everybody answers one token.</param>
/// <param name="Prompt">Its prompt.</param>
/// <param name="Answer">The tokens of its answer: the engine's solo answer, computed beforehand.</param>
public sealed record TrafficRequest(int Arrival, IReadOnlyList<int> Prompt, IReadOnlyList<int> Answer);
