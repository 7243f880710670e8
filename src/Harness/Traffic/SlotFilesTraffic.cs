using Gdn.Harness.Clients;

namespace Gdn.Harness.Traffic;

/// <summary>
/// Slots saved to files: in each slot a conversation is saved, something else is answered, and the conversation is restored
/// and continued, first in its own slot, then, while its neighbours do the same, in the next one.
/// </summary>
/// <param name="draw">Draws requests.</param>
/// <param name="solo">Solo answers, which conversations continue.</param>
internal sealed class SlotFilesTraffic(RequestDrawer draw, SoloAnswers solo)
{
    // Prompts of a slot.
    private const int Drawn = 4;

    /// <summary>Why a server cannot be tried, in one line; null if it can.</summary>
    public static async Task<string?> ObstacleAsync(ICompletionClient server, CancellationToken cancellation)
    {
        if (!server.Info.TakesSlots) return "the server's slots cannot be named, so not saved either";
        try
        {
            await server.SlotAsync(SlotAction.Erase, 0, null, cancellation);
            return null;
        }
        catch (BadAnswerException e)
        {
            return $"the server saves no slots to files; start it with --slot-save-path ({e.Message})";
        }
    }

    /// <summary>Makes the requests.</summary>
    /// <param name="slots">np.</param>
    /// <param name="answer">Tokens of an answer.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task<IReadOnlyList<LiveRequest>> RequestsAsync(int slots, int answer, CancellationToken cancellation)
    {
        var requests = new List<LiveRequest>();
        var moved = new List<LiveRequest>();
        for (int slot = 0; slot < slots; slot++)
        {
            int first = requests.Count;
            LiveRequest a = await draw.RequestAsync(Drawn * slot, RoundSizes.Prompt, answer);
            LiveRequest b = await draw.RequestAsync(Drawn * slot + 1, RoundSizes.Prompt, answer);
            Prompt said = a.Prompt.Then((await solo.AnswerAsync(a.Prompt, answer, cancellation)).Tokens)
                ?? throw new NotApplicableException("the server reports its answers in no form that fits into a prompt");
            LiveRequest here = await ContinuedAsync(said, Drawn * slot + 2, answer);
            LiveRequest elsewhere = await ContinuedAsync(said, Drawn * slot + 3, answer);
            requests.AddRange(
                a with { Cache = true, Slot = slot, SavesSlot = true },
                b with { Cache = true, Slot = slot, Start = new RequestEnded(first) },
                here with { Slot = slot, RestoresSlotOf = first, Start = new RequestEnded(first + 1) });
            moved.Add(elsewhere with { Slot = (slot + 1) % slots, RestoresSlotOf = first });
        }

        // Once nobody is answered, so that no slot is busy that is to be restored.
        var quiet = new RequestsEnded(requests.Count);
        return [.. requests, .. moved.Select(request => request with { Start = quiet })];
    }

    // It has the words of two prompts.
    private async Task<LiveRequest> ContinuedAsync(Prompt said, int index, int answer)
    {
        LiveRequest next = await draw.RequestAsync(index, RoundSizes.Prompt / 2, answer);
        return next with { Prompt = Prompts.Concat(said, next.Prompt), Codeword = null, Cache = true };
    }
}
