using Gdn.Harness.Clients;

namespace Gdn.Harness.Traffic;

/// <summary>Traffic for a server's prompt cache: in each slot a conversation, then prompts that begin with cached ones.</summary>
/// <param name="draw">Draws requests.</param>
/// <param name="solo">Solo answers, which conversations continue.</param>
/// <param name="caching">Which prompts the server caches.</param>
/// <param name="round">Which round of the scenario it is: lengths change from round to round.</param>
internal sealed class CacheTraffic(RequestDrawer draw, SoloAnswers solo, PromptCaching caching, int round)
{
    // Prompts of a slot: three of the conversation, one of many lengths.
    private const int Drawn = 4;

    // Against blocks in which caches keep states and chunks in which engines scan prompts: one short, full, one over, some over.
    private static readonly int[] Offsets = [-1, 0, 1, 3];

    // Sizes of blocks other than the chunk.
    private static readonly int[] Blocks = [16, 128, 32, 256];

    /// <summary>Makes the requests.</summary>
    /// <param name="slots">np.</param>
    /// <param name="answer">Tokens of an answer.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task<IReadOnlyList<LiveRequest>> RequestsAsync(int slots, int answer, CancellationToken cancellation)
    {
        var requests = new List<LiveRequest>();
        for (int slot = 0; slot < slots; slot++)
        {
            LiveRequest[] turns = [.. await ConversationAsync(slot, answer, cancellation), .. await LengthsAsync(slot, answer)];
            // The slots' turns run beside each other.
            for (int turn = 0; turn < turns.Length; turn++)
                requests.Add(turns[turn] with
                {
                    Cache = true,
                    Start = turn == 0 ? null : new RequestEnded(requests.Count - 1),
                });
        }

        return requests;
    }

    // A, something else, A continued, A again, continued at once, A edited in the middle.
    // Every other conversation repeats itself, so that drafts are accepted and rejected where states are kept.
    private async Task<LiveRequest[]> ConversationAsync(int slot, int answer, CancellationToken cancellation)
    {
        int length = caching.Needed;
        LiveRequest a = slot % 2 == 0
            ? await draw.RequestAsync(Drawn * slot, length, answer)
            : Prompts.Repeated(await draw.RequestAsync(Drawn * slot, length / 2, answer));
        LiveRequest b = await draw.RequestAsync(Drawn * slot + 1, RoundSizes.Prompt, answer / 2);
        LiveRequest next = await draw.RequestAsync(Drawn * slot + 2, RoundSizes.Prompt, answer / 2);
        Prompt said = a.Prompt.Then((await solo.AnswerAsync(a.Prompt, answer, cancellation)).Tokens)
            ?? throw new NotApplicableException("the server reports its answers in no form that fits into a prompt");
        // These two have the words of two prompts.
        LiveRequest on = next with { Prompt = Prompts.Concat(said, next.Prompt), Codeword = null };
        LiveRequest edited = a with { Prompt = Prompts.Edit(a.Prompt, b.Prompt), Codeword = null, MaxTokens = answer / 2 };
        return [a, b, on, a, on, edited];
    }

    // One text cut at growing lengths about a multiple of a block, each prompt beginning with the one before.
    private async Task<LiveRequest[]> LengthsAsync(int slot, int answer)
    {
        if (!draw.IsExact) return [];
        int[] blocks = caching.Block > 1 ? [caching.Block, .. Blocks] : Blocks;
        int block = slot == 0 ? RoundSizes.Chunk * (1 + round % 2) : blocks[(slot - 1 + round) % blocks.Length];
        LiveRequest whole = await draw.RequestAsync(Drawn * slot + 3, block + Offsets[^1], answer / 4);
        return [.. Offsets.Select(offset => whole with
        {
            Prompt = new Prompt([.. whole.Prompt.Tokens!.Take(block + offset)]),
            // Its question stands at the end.
            Codeword = offset == Offsets[^1] ? whole.Codeword : null,
        })];
    }
}
