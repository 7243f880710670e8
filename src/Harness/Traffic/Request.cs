namespace Gdn.Harness.Traffic;

/// <summary>A request of a client.</summary>
/// <param name="Arrival">Tick at which it arrives; a tick is one pass in which everybody answers one token.</param>
/// <param name="Prompt">Its prompt.</param>
/// <param name="Answer">The tokens that it is answered: what the engine says when alone, decided beforehand.</param>
public sealed record Request(int Arrival, IReadOnlyList<int> Prompt, IReadOnlyList<int> Answer);
