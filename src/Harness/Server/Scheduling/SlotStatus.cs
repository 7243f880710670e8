namespace Gdn.Harness.Server.Scheduling;

/// <summary>What a slot is doing, as the world sees it.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Request">Number of its present or last request; 0 when there was none.</param>
/// <param name="IsBusy">Whether it answers.</param>
/// <param name="PromptTokens">Length of the prompt.</param>
/// <param name="CachedTokens">Tokens of it whose state was known.</param>
/// <param name="TokensOnSlot">Tokens whose state the slot holds.</param>
/// <param name="Answered">Tokens of the answer.</param>
/// <param name="Left">Tokens that may still come.</param>
internal readonly record struct SlotStatus(
    int Id, long Request, bool IsBusy, int PromptTokens, int CachedTokens, int TokensOnSlot, int Answered, int Left);
