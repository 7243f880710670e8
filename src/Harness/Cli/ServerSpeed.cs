using Gdn.Harness.Campaigns;
using Gdn.Harness.Clients;
using Gdn.Harness.Throughput;
using Gdn.Harness.Throughput.Servers;
using Gdn.Harness.Traffic;
using Gdn.Reference;
using static System.FormattableString;

namespace Gdn.Harness.Cli;

/// <summary>A server that is to be timed.</summary>
/// <param name="Subject">The server.</param>
/// <param name="Workloads">What it is timed with.</param>
/// <param name="Correctness">What it has to pass before; null where there is nothing to check.</param>
internal sealed record ServerSpeed(ServerSubject Subject, IReadOnlyList<Workload> Workloads, ServerCorrectness? Correctness)
{
    private static readonly int[] Usual = [1, 2, 4];

    /// <summary>Finds out what a server can do.</summary>
    /// <param name="server">The server.</param>
    /// <param name="np">Requests at once; null for as many as is usual, and the server has slots.</param>
    /// <param name="prompt">PP.</param>
    /// <param name="answer">TG.</param>
    /// <param name="seed">Names prompts.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="InputException">The server has fewer slots than that.</exception>
    public static async Task<ServerSpeed> OfAsync(
        ICompletionClient server, IReadOnlyList<int>? np, int prompt, int answer, ulong seed, CancellationToken cancellation)
    {
        IReadOnlyList<int> requests = np ?? [.. Usual.Where(n => n <= (server.Info.Slots ?? n))];
        if (server.Info.Slots < requests[^1])
            throw new InputException(
                "--np", Invariant($"{server.Info.Address} has {server.Info.Slots} slots, fewer than {requests[^1]}"),
                "ask for fewer requests at once");
        if (answer < 2) throw new InputException("--tg", "time between tokens takes two of them", "use at least 2");
        if (server.Info.ContextPerSlot < prompt + answer)
            throw new InputException(
                "--pp", Invariant($"with --tg, {prompt + answer} tokens are more than the {server.Info.ContextPerSlot} of a slot"),
                "use shorter ones");
        PromptSource prompts = await PromptSource.ForAsync(server, seed, vocabulary: null, tokenize: null, cancellation);
        return new ServerSpeed(
            new ServerSubject(server, prompts, seed, cancellation),
            WorkloadGrid.OnServer(requests, server.Info.Slots, server.Info.TakesSlots, prompt, answer),
            ServerCorrectness.Of(new LiveBleedOptions(server, seed, requests, [], Rounds: 1, new RoundSizes()), requests[^1]));
    }
}
