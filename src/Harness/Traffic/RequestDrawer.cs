namespace Gdn.Harness.Traffic;

/// <summary>Draws the requests of one round.</summary>
/// <param name="source">Makes prompts.</param>
/// <param name="seed">Names them all.</param>
/// <param name="cancellation">Ends it.</param>
internal sealed class RequestDrawer(PromptSource source, ulong seed, CancellationToken cancellation)
{
    /// <summary>Whether prompts have exactly the requested length.</summary>
    public bool IsExact => source.IsExact;

    /// <summary>A request with a prompt of its own.</summary>
    /// <param name="index">Which one of the round: same index, same prompt.</param>
    /// <param name="length">Tokens of the prompt.</param>
    /// <param name="answer">Tokens of the answer; at least one is asked for.</param>
    public async Task<LiveRequest> RequestAsync(int index, int length, int answer)
    {
        DrawnPrompt drawn = await source.DrawAsync(SeededRandom.Derive(seed, (ulong)index), length, cancellation);
        return new LiveRequest(drawn.Prompt, Math.Max(answer, 1), Codeword: drawn.Codeword);
    }

    /// <summary>Several, each made from its number.</summary>
    public static async Task<IReadOnlyList<LiveRequest>> EachAsync(int count, Func<int, Task<LiveRequest>> make)
    {
        var requests = new List<LiveRequest>();
        for (int i = 0; i < count; i++) requests.Add(await make(i));
        return requests;
    }
}
