using Gdn.Harness.Server.Generation;

namespace Gdn.Harness.Server.Scheduling;

/// <summary>What a server has done since it was started.</summary>
/// <param name="Passes">Batches run.</param>
/// <param name="BusySlots">Slots that took part, over all passes.</param>
/// <param name="PromptTokens">Tokens of prompts that were read.</param>
/// <param name="CachedTokens">Tokens of prompts that were not read, their state being known.</param>
/// <param name="PromptSeconds">Time from starts to first tokens.</param>
/// <param name="AnswerTokens">Tokens of answers.</param>
/// <param name="AnswerSeconds">Time from first tokens to last.</param>
/// <param name="Drafted">Tokens drafted.</param>
/// <param name="Accepted">Of those, how many were accepted.</param>
internal readonly record struct ServerTotals(
    long Passes, long BusySlots, long PromptTokens, long CachedTokens, double PromptSeconds, long AnswerTokens,
    double AnswerSeconds, long Drafted, long Accepted)
{
    /// <summary>These with a pass.</summary>
    public ServerTotals With(IReadOnlyList<Piece> pieces) =>
        this with { Passes = Passes + 1, BusySlots = BusySlots + pieces.Count };

    /// <summary>These with a finished answer.</summary>
    public ServerTotals With(GenerationSummary answer) => this with
    {
        PromptTokens = PromptTokens + answer.PromptTokens,
        CachedTokens = CachedTokens + answer.CachedTokens,
        PromptSeconds = PromptSeconds + answer.PromptTime.TotalSeconds,
        AnswerTokens = AnswerTokens + answer.AnswerTokens,
        AnswerSeconds = AnswerSeconds + answer.AnswerTime.TotalSeconds,
        Drafted = Drafted + answer.Drafted,
        Accepted = Accepted + answer.Accepted,
    };
}
