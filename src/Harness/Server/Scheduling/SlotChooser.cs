using Gdn.Harness.Server.Generation;

namespace Gdn.Harness.Server.Scheduling;

/// <summary>Which free slot answers a request.</summary>
internal static class SlotChooser
{
    // A slot that holds less of the prompt is better kept for a request that continues it.
    private const double LeastShare = 0.1;

    /// <summary>
    /// The requested slot; else the one whose tokens have most in common with the prompt; else the one that was not used
    /// for the longest time.
    /// </summary>
    /// <returns>Null when there is none now.</returns>
    public static Slot? Choose(GenerationRequest request, IReadOnlyList<Slot> slots)
    {
        if (request.Slot is int wanted) return slots[wanted].Answer is null ? slots[wanted] : null;
        Slot[] free = [.. slots.Where(slot => slot.Answer is null)];
        Slot? similar = request.UseCache
            ? free.Where(slot => InCommon(slot) >= LeastShare * request.Prompt.Length).MaxBy(InCommon)
            : null;
        return similar ?? free.MinBy(slot => slot.Request);

        int InCommon(Slot slot) => slot.Tokens.CommonPrefixLength(request.Prompt);
    }
}
