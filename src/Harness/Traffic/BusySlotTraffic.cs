namespace Gdn.Harness.Traffic;

/// <summary>
/// Requests that wait for a busy slot: each slot answers, then answers something else for long, and meanwhile its first
/// prompt comes back, which a prompt cache holds by then. Some wait to the end, others leave; some name no slot.
/// </summary>
/// <param name="draw">Draws requests.</param>
/// <param name="round">Which round of the scenario it is: who leaves changes from round to round.</param>
internal sealed class BusySlotTraffic(RequestDrawer draw, int round)
{
    /// <summary>Makes the requests.</summary>
    /// <param name="slots">np.</param>
    /// <param name="answer">Tokens of an answer.</param>
    public async Task<IReadOnlyList<LiveRequest>> RequestsAsync(int slots, int answer)
    {
        var requests = new List<LiveRequest>();
        for (int slot = 0; slot < slots; slot++)
        {
            LiveRequest first = (await draw.RequestAsync(2 * slot, RoundSizes.Prompt, answer / 4)) with
            {
                Cache = true,
                Slot = slot,
            };
            LiveRequest tenant = (await draw.RequestAsync(2 * slot + 1, RoundSizes.Prompt, 2 * answer)) with
            {
                Cache = true,
                Slot = slot,
                Start = new RequestEnded(requests.Count),
            };
            requests.AddRange(first, tenant);
            int running = requests.Count - 1;
            requests.Add(Waiting(first, running, leaves: (slot + round) % 2 == 0));
            // One without a slot in each round, when all of them are busy.
            if (slot == slots - 1) requests.Add(Waiting(first, running, leaves: (slot + round) % 2 == 1) with { Slot = null });
        }

        return requests;
    }

    private static LiveRequest Waiting(LiveRequest request, int running, bool leaves) => request with
    {
        Start = new TokensArrived(running, 2),
        Abort = leaves ? new TokensArrived(running, 6) : null,
    };
}
