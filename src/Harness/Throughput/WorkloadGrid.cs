namespace Gdn.Harness.Throughput;

/// <summary>Which workloads tell how fast an engine is: by sequences, by depth, and by which slots are taken.</summary>
public static class WorkloadGrid
{
    /// <summary>
    /// All slots of each np busy, at each depth. For the largest np also a single sequence (what the ability to serve several costs the
    /// one), and two that leave a gap beside two that do not.
    /// </summary>
    /// <param name="slots">The np, ascending.</param>
    /// <param name="depths">N_KV, ascending.</param>
    /// <param name="prompt">PP.</param>
    /// <param name="answer">TG.</param>
    public static IReadOnlyList<Workload> Of(IReadOnlyList<int> slots, IReadOnlyList<int> depths, int prompt, int answer)
    {
        int most = slots[^1];
        // Slots are taken in the order of first tokens: with nothing before them, there would be no gap.
        int filled = Math.Max(1, depths[0]);
        return
        [
            .. from np in slots
               from depth in depths
               select new Workload(np, [.. Enumerable.Range(0, np)], depth, prompt, answer),
            .. most > 1 ? [new Workload(most, [0], depths[0], prompt, answer)] : Array.Empty<Workload>(),
            .. most > 2
                ? [new Workload(most, [0, 1], filled, prompt, answer), new Workload(most, [0, 2], filled, prompt, answer)]
                : Array.Empty<Workload>(),
        ];
    }

    /// <summary>
    /// The same for a server that is made for a number of slots whatever is asked of it. Which slots are taken can be said to some servers
    /// only.
    /// </summary>
    /// <param name="requests">Requests at once, ascending.</param>
    /// <param name="slots">The server's slots; null if they are not known.</param>
    /// <param name="takesSlots">Whether requests can be given a slot.</param>
    /// <param name="prompt">PP.</param>
    /// <param name="answer">TG.</param>
    public static IReadOnlyList<Workload> OnServer(IReadOnlyList<int> requests, int? slots, bool takesSlots, int prompt, int answer)
    {
        int most = slots ?? requests[^1];
        Workload Of(params int[] active) => new(most, active, Depth: 0, prompt, answer);
        return
        [
            .. requests.Union(takesSlots && most > 2 ? [2] : []).Order().Select(count => Of([.. Enumerable.Range(0, count)])),
            .. takesSlots && most > 2 ? [Of(0, 2)] : Array.Empty<Workload>(),
        ];
    }

    /// <summary>
    /// What a workload is to be compared with within one engine: one of several slots with a single one, slots with a gap with those without;
    /// null for none.
    /// </summary>
    public static Workload? PlainFormOf(Workload workload, IReadOnlyList<Workload> grid) =>
        workload.HasGaps
            ? grid.FirstOrDefault(other => !other.HasGaps && other.Active.Count == workload.Active.Count
                && other == workload with { Active = other.Active })
            : workload is { Active.Count: 1, Slots: > 1 }
                ? grid.FirstOrDefault(other => other == workload with { Slots = 1 })
                : null;
}
