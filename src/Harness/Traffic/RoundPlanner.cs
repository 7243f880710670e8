using Gdn.Harness.Clients;
using static Gdn.Harness.Traffic.RequestDrawer;

namespace Gdn.Harness.Traffic;

/// <summary>Why a scenario cannot be tried on a server.</summary>
/// <param name="reason">One line.</param>
internal sealed class NotApplicableException(string reason) : Exception(reason);

/// <summary>
/// Makes rounds. The prompt of request i of a round does not depend on np, so that a sweep of np needs each solo answer
/// only once.
/// </summary>
/// <param name="prompts">Makes prompts.</param>
/// <param name="solo">Solo answers, for conversations that continue them.</param>
/// <param name="usual">How much text.</param>
/// <param name="server">What the server reports of itself.</param>
/// <param name="caching">Which prompts it caches.</param>
/// <param name="noSlotFiles">Why it saves no slots to files; null if it does.</param>
internal sealed class RoundPlanner(
    PromptSource prompts, SoloAnswers solo, RoundSizes usual, ServerInfo server, PromptCaching caching, string? noSlotFiles)
{
    private const int ChurnFactor = 3, LongLived = 3;

    private static readonly int[] Coincidences =
    [
        1, RoundSizes.Chunk - 1, RoundSizes.Chunk, RoundSizes.Chunk + 1,
        2, 2 * RoundSizes.Chunk - 1, 2 * RoundSizes.Chunk, 2 * RoundSizes.Chunk + 1,
    ];

    // What long prompts leave for their last batch: a token, and once or twice as many as a pass that checks 1 to 5 drafts.
    private static readonly int[] Rests = [8, 1, 4, 12, 6, 2, 10];

    /// <summary>Makes a round.</summary>
    /// <param name="scenario">The pattern.</param>
    /// <param name="slots">np.</param>
    /// <param name="seed">Names the prompts.</param>
    /// <param name="round">Which round of the scenario it is: lengths and roles change from round to round.</param>
    /// <param name="stretch">How many times longer answers are than usual, for servers that finish too soon.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="NotApplicableException">The server does not offer what the scenario needs.</exception>
    public async Task<LiveRound> PlanAsync(
        Scenario scenario, int slots, ulong seed, int round, int stretch, CancellationToken cancellation)
    {
        RoundSizes sizes = usual with { Answer = usual.Answer * stretch };
        var draw = new RequestDrawer(prompts, seed, cancellation);
        int Unevenly(int i) => Uneven(i + round, sizes.Answer);
        IReadOnlyList<LiveRequest> requests = scenario switch
        {
            Scenario.Simultaneous => await EachAsync(slots, i => draw.RequestAsync(i, RoundSizes.Prompt, Unevenly(i))),
            Scenario.Staggered => await EachAsync(slots, async i =>
                await draw.RequestAsync(i, RoundSizes.Prompt, 2 * sizes.Answer) with
                {
                    Start = i == 0 ? null : new TokensArrived(i - 1, 1),
                }),
            Scenario.Steady => await EachAsync(slots, i => draw.RequestAsync(i, RoundSizes.Prompt, sizes.Answer)),
            Scenario.Churn => await EachAsync(ChurnFactor * slots, async i =>
                await draw.RequestAsync(i, 8 + i * 13 % 48, i == 0 ? LongLived * sizes.Answer : Short(i, sizes.Answer)) with
                {
                    Start = i < slots ? null : new RequestsEnded(i - slots + 1),
                }),
            Scenario.Ragged => await EachAsync(slots, i => draw.RequestAsync(i, 4 + i * 37 % 97, Unevenly(i))),
            Scenario.Identical => await EachAsync(slots, _ => draw.RequestAsync(0, RoundSizes.Prompt, sizes.Answer)),
            Scenario.Cache => await new CacheTraffic(draw, solo, caching, round).RequestsAsync(
                slots, sizes.Answer + sizes.Answer / 4, cancellation),
            Scenario.Abort => await new AbortTraffic(draw, caching, round).RequestsAsync(slots, sizes.Answer),
            Scenario.BusySlot => await new BusySlotTraffic(draw, round).RequestsAsync(slots, sizes.Answer),
            Scenario.SlotFiles => noSlotFiles is null
                ? await new SlotFilesTraffic(draw, solo).RequestsAsync(slots, sizes.Answer / 2, cancellation)
                : throw new NotApplicableException(noSlotFiles),
            Scenario.Coincidence => prompts.IsExact
                ? await EachAsync(slots, i =>
                    draw.RequestAsync(i, InTurn(Coincidences, i + round), sizes.Answer))
                : throw new NotApplicableException(server.TakesTokens
                    ? "lengths in tokens are not known; give --model or --vocabulary"
                    : "the server takes no token ids, so prompts have no exact length"),
            Scenario.LongPrompts => await LongAsync(draw, slots, round, sizes),
            Scenario.Speculation => await EachAsync(slots, async i =>
                Prompts.Repeated(await draw.RequestAsync(i, RoundSizes.Prompt, sizes.Answer))),
            Scenario.Agent => await new AgentTraffic(draw, solo).RequestsAsync(slots, sizes.Answer, cancellation),
            Scenario.Solo => await SoloAsync(draw, sizes.Answer),
            _ => throw new InvalidOperationException($"Unknown scenario {scenario}."),
        };
        var planned = new LiveRound(scenario, slots, requests);
        return planned.ObstacleOn(server) is { } obstacle ? throw new NotApplicableException(obstacle) : planned;
    }

    /// <summary>Prompts for measuring noise.</summary>
    public static async Task<IReadOnlyList<Prompt>> NoisePromptsAsync(
        PromptSource prompts, ulong seed, int count, CancellationToken cancellation)
    {
        var draw = new RequestDrawer(prompts, seed, cancellation);
        return [.. (await EachAsync(count, i => draw.RequestAsync(i, RoundSizes.Prompt + 16 * i, 1))).Select(r => r.Prompt)];
    }

    private static int InTurn(int[] lengths, int i) => lengths[i % lengths.Length];

    // Between half an answer and almost two: what follows once others have ended must be long enough to show whose it is.
    // From round to round others end first.
    private static int Uneven(int i, int answer) => answer / 2 + i % 8 * 5 % 8 * answer * 3 / 16;

    // Between a quarter of an answer and seven eighths.
    private static int Short(int i, int answer) => answer / 4 + i * 7 % 11 * answer / 16;

    private async Task<IReadOnlyList<LiveRequest>> LongAsync(RequestDrawer draw, int slots, int round, RoundSizes sizes)
    {
        int answer = sizes.Answer / 2;
        int room = (server.ContextPerSlot ?? int.MaxValue) - answer - 1;
        // The length of a text is only about right.
        if (!prompts.IsExact) room -= room / 8;
        int Length(int i) =>
            Math.Min((2 - i / 2 % 2) * sizes.Ubatch + InTurn(Rests, i / 2 + round), room);
        return room > sizes.Ubatch
            ? await EachAsync(slots, i => i % 2 == 0
                ? draw.RequestAsync(i, Length(i), answer)
                : draw.RequestAsync(i, RoundSizes.Prompt / 2, 2 * sizes.Answer))
            : throw new NotApplicableException(
                $"prompts of over {sizes.Ubatch} tokens do not fit into the server's context of {server.ContextPerSlot}; "
                + "start it with a larger one, or give its batch size with --ubatch");
    }

    private static async Task<IReadOnlyList<LiveRequest>> SoloAsync(RequestDrawer draw, int answer)
    {
        int[] order = [0, 1, 0, 2, 1, 0, 3, 2];
        return await EachAsync(order.Length, async i =>
            await draw.RequestAsync(order[i], 8 + 40 * order[i], answer) with
            {
                Start = i == 0 ? null : new RequestEnded(i - 1),
            });
    }
}
