namespace Gdn.Harness.Traffic;

/// <summary>
/// Clients that leave while they wait, while their prompt is read, and while they are answered. Those that leave begin with
/// one system prompt, and ask again at once, also something else; others are answered beside them.
/// </summary>
/// <param name="draw">Draws requests.</param>
/// <param name="caching">Which prompts the server caches.</param>
/// <param name="round">Which round of the scenario it is: who uses the cache changes from round to round.</param>
internal sealed class AbortTraffic(RequestDrawer draw, PromptCaching caching, int round)
{
    // Indices of prompts, apart from each other for any np.
    private const int System = 256, Waiting = 64, Other = 128, Next = 192;

    /// <summary>Makes the requests.</summary>
    /// <param name="slots">np.</param>
    /// <param name="answer">Tokens of an answer.</param>
    public async Task<IReadOnlyList<LiveRequest>> RequestsAsync(int slots, int answer)
    {
        int staying = (slots + 1) / 2;
        // A short one is read sooner than the client leaves; for a cache it must be as long as what that keeps.
        int systemLength = caching.Needed > PromptCaching.Shortest ? caching.Needed : 2 * RoundSizes.Prompt / 3;
        LiveRequest system = await draw.RequestAsync(System, systemLength, 1);
        var requests = new List<LiveRequest>();
        for (int i = 0; i < slots; i++)
        {
            LiveRequest request = await draw.RequestAsync(
                i, i < staying ? RoundSizes.Prompt : RoundSizes.Prompt * (IsLong(i) ? 4 : 1), 2 * answer);
            requests.Add(i < staying ? request : UnderSystem(i, request) with
            {
                Abort = IsLong(i) ? new TokensArrived(0, 2) : new TokensArrived(i, 3),
            });
        }

        LiveRequest waiting = await draw.RequestAsync(Waiting, RoundSizes.Prompt, answer);
        requests.Add(waiting with { Start = new TokensArrived(0, 1), Abort = new TokensArrived(0, 4) });
        for (int i = staying; i < slots; i++)
        {
            LiveRequest other = UnderSystem(i, await draw.RequestAsync(Other + i, RoundSizes.Prompt / 2, answer / 2));
            LiveRequest next = await draw.RequestAsync(Next + i, RoundSizes.Prompt / 2, answer / 2);
            requests.Add(requests[i] with { MaxTokens = answer / 2, Start = new RequestEnded(i), Abort = null });
            var asksAgain = new TokensArrived(requests.Count - 1, 1);
            requests.Add(other with { Start = asksAgain });
            requests.Add(next with { Start = asksAgain });
        }

        return requests;

        // A long prompt is left while it is read, if the server takes that long; a short one is left while it is answered.
        bool IsLong(int i) => (i + round) % 2 == 1;

        LiveRequest UnderSystem(int i, LiveRequest request) => request with
        {
            Prompt = Prompts.Concat(system.Prompt, request.Prompt),
            Cache = (i + round / 2) % 2 == 0,
        };
    }
}
