using Gdn.Harness.Clients;

namespace Gdn.Harness.Traffic;

/// <summary>From which length on a server takes prompts from its cache, by its own count.</summary>
/// <remarks>
/// Prompts grow until something of one is cached: servers that keep states of recurrent layers cache in blocks of up to a
/// thousand tokens and more. Not verified: what is in the cache.
/// </remarks>
/// <param name="Tried">Tokens of the longest prompt that was tried.</param>
/// <param name="Length">Tokens of the shortest prompt of which something was cached; null if nothing ever was.</param>
/// <param name="Block">Tokens cached are multiples of this; 1 if they may be any number.</param>
internal sealed record PromptCaching(int Tried, int? Length, int Block)
{
    /// <summary>Tokens of the shortest prompt that is tried.</summary>
    public const int Shortest = 2 * RoundSizes.Prompt;

    private const int Longest = 32 * Shortest;

    // Smaller common divisors are chance, or a spacing that the usual lengths cover.
    private const int BlockMin = 16;

    // What a prompt is continued with: no multiple of a block.
    private const int More = 21;

    /// <summary>What is known before it is measured.</summary>
    public static PromptCaching Unknown { get; } = new(0, null, 1);

    /// <summary>Tokens that a prompt needs for something of it to be cached.</summary>
    public int Needed => Length ?? Shortest;

    /// <summary>For reports.</summary>
    public string InWords => (Length, Block) switch
    {
        (null, _) => $"nothing of prompts of up to {Tried} tokens was taken from it",
        (var length, 1) => $"prompts of {length} tokens are taken from it",
        var (length, block) => $"prompts of {length} tokens are taken from it, in blocks of {block}",
    };

    /// <summary>Asks for prompts of growing length, each twice and continued.</summary>
    /// <param name="server">The server.</param>
    /// <param name="prompts">Makes prompts.</param>
    /// <param name="seed">Names them.</param>
    /// <param name="cancellation">Ends it.</param>
    public static async Task<PromptCaching> MeasureAsync(
        ICompletionClient server, PromptSource prompts, ulong seed, CancellationToken cancellation)
    {
        int tried = 0, room = (server.Info.ContextPerSlot ?? int.MaxValue) - More - 1;
        for (int length = Shortest; length <= Math.Min(Longest, room); length *= 2)
        {
            Prompt prompt = await DrawAsync((ulong)length, length), longer = Prompts.Concat(prompt, await DrawAsync(0, More));
            try
            {
                await CachedAsync(prompt);
                tried = length;
                if (await CachedAsync(prompt) is not (> 0 and var first)) continue;
                int block = Divisor(first, Divisor(await CachedAsync(longer), await CachedAsync(longer)));
                return new PromptCaching(length, length, block < BlockMin ? 1 : block);
            }
            catch (BadAnswerException)
            {
                // Too long for it.
                break;
            }
        }

        return new PromptCaching(tried, null, 1);

        async Task<Prompt> DrawAsync(ulong index, int length) =>
            (await prompts.DrawAsync(SeededRandom.Derive(seed, index), length, cancellation)).Prompt;

        async Task<int> CachedAsync(Prompt prompt) => (await server.CompleteAsync(
            new CompletionRequest(prompt, 1, Cache: true, Candidates: 0, Purpose: "cache"), null, cancellation))
            .Counters.Cached ?? 0;
    }

    private static int Divisor(int a, int b) => b == 0 ? a : Divisor(b, a % b);
}
