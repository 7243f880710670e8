using Gdn.Harness.Clients;

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
/// <param name="context">Most tokens of a request, prompt and answer; null if the server does not report it.</param>
internal sealed class RoundPlanner(PromptSource prompts, SoloAnswers solo, RoundSizes usual, int? context)
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
    /// <param name="stretch">How many times longer answers are than usual, for servers that finish too soon.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="NotApplicableException">The server does not offer what the scenario needs.</exception>
    public async Task<LiveRound> PlanAsync(
        Scenario scenario, int slots, ulong seed, int stretch, CancellationToken cancellation)
    {
        RoundSizes sizes = usual with { Answer = usual.Answer * stretch };
        var draw = new Drawer(prompts, seed, cancellation);
        int Unevenly(int i) => Uneven((ulong)i + seed, sizes.Answer);
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
            Scenario.Cache => await ConversationsAsync(draw, slots, sizes.Answer + sizes.Answer / 4, cancellation),
            Scenario.Abort => await AbortsAsync(draw, slots, sizes.Answer),
            Scenario.Coincidence => prompts.IsExact
                ? await EachAsync(slots, i =>
                    draw.RequestAsync(i, InTurn(Coincidences, (ulong)i + seed), sizes.Answer))
                : throw new NotApplicableException("lengths in tokens are not known; give --model or --vocabulary"),
            Scenario.LongPrompts => await LongAsync(draw, slots, seed, sizes),
            Scenario.Speculation => await EachAsync(slots, async i =>
                Repeated(await draw.RequestAsync(i, RoundSizes.Prompt, sizes.Answer))),
            Scenario.Solo => await SoloAsync(draw, sizes.Answer),
            _ => throw new InvalidOperationException($"Unknown scenario {scenario}."),
        };
        int longest = requests.Max(request => (request.Prompt.Tokens?.Count ?? 0) + request.MaxTokens);
        return longest <= (context ?? int.MaxValue)
            ? new LiveRound(scenario, slots, requests)
            : throw new NotApplicableException(
                $"requests of {longest} tokens do not fit into the server's context of {context} tokens per slot");
    }

    /// <summary>Prompts for measuring noise.</summary>
    public static async Task<IReadOnlyList<Prompt>> NoisePromptsAsync(
        PromptSource prompts, ulong seed, int count, CancellationToken cancellation)
    {
        var draw = new Drawer(prompts, seed, cancellation);
        return [.. (await EachAsync(count, i => draw.RequestAsync(i, RoundSizes.Prompt + 16 * i, 1))).Select(r => r.Prompt)];
    }

    private static int InTurn(int[] lengths, ulong i) => lengths[(int)(i % (ulong)lengths.Length)];

    // Between half an answer and almost two: what follows once others have ended must be long enough to show whose it is.
    // From round to round others end first.
    private static int Uneven(ulong i, int answer) => answer / 2 + (int)(i % 8) * 5 % 8 * answer * 3 / 16;

    // Between a quarter of an answer and seven eighths.
    private static int Short(int i, int answer) => answer / 4 + i * 7 % 11 * answer / 16;

    private static async Task<IReadOnlyList<LiveRequest>> EachAsync(int count, Func<int, Task<LiveRequest>> make)
    {
        var requests = new List<LiveRequest>();
        for (int i = 0; i < count; i++) requests.Add(await make(i));
        return requests;
    }

    // In each slot: A, something else, A continued, A again, continued at once, A edited in the middle.
    // Every other conversation repeats itself, so that drafts are accepted and rejected where states are kept.
    private async Task<IReadOnlyList<LiveRequest>> ConversationsAsync(
        Drawer draw, int slots, int answer, CancellationToken cancellation)
    {
        var requests = new List<LiveRequest>();
        for (int slot = 0; slot < slots; slot++)
        {
            LiveRequest a = slot % 2 == 0
                ? await draw.RequestAsync(3 * slot, 2 * RoundSizes.Prompt, answer)
                : Repeated(await draw.RequestAsync(3 * slot, RoundSizes.Prompt, answer));
            LiveRequest b = await draw.RequestAsync(3 * slot + 1, RoundSizes.Prompt, answer / 2);
            LiveRequest next = await draw.RequestAsync(3 * slot + 2, RoundSizes.Prompt, answer / 2);
            Prompt said = a.Prompt.Then((await solo.AnswerAsync(a.Prompt, answer, cancellation)).Tokens)
                ?? throw new NotApplicableException("the server reports its answers in no form that fits into a prompt");
            // These two have the words of two prompts.
            LiveRequest on = next with { Prompt = Prompts.Concat(said, next.Prompt), Codeword = null };
            LiveRequest edited = a with { Prompt = Prompts.Edit(a.Prompt, b.Prompt), Codeword = null, MaxTokens = answer / 2 };
            LiveRequest[] turns = [a, b, on, a, on, edited];
            // The conversations run beside each other.
            for (int turn = 0; turn < turns.Length; turn++)
                requests.Add(turns[turn] with
                {
                    Cache = true,
                    Start = turn == 0 ? null : new RequestEnded(requests.Count - 1),
                });
        }

        return requests;
    }

    // Some stay; others leave while they are answered or while their prompt is read, and their slots are taken again; one
    // leaves while it waits for a slot.
    private static async Task<IReadOnlyList<LiveRequest>> AbortsAsync(Drawer draw, int slots, int answer)
    {
        int staying = (slots + 1) / 2;
        var requests = new List<LiveRequest>();
        for (int i = 0; i < slots; i++)
        {
            LiveRequest request = await draw.RequestAsync(
                i, i < staying ? RoundSizes.Prompt : RoundSizes.Prompt * (1 + 3 * (i % 2)), 2 * answer);
            Trigger? abort = i < staying ? null : i % 2 == 1 ? new TokensArrived(i, 3) : new TokensArrived(0, 2);
            requests.Add(request with { Abort = abort });
        }

        LiveRequest waiting = await draw.RequestAsync(64, RoundSizes.Prompt, answer);
        requests.Add(waiting with { Start = new TokensArrived(0, 1), Abort = new TokensArrived(0, 4) });
        for (int i = staying; i < slots; i++)
            requests.Add(await draw.RequestAsync(128 + i, RoundSizes.Prompt / 2, answer / 2) with
            {
                Start = new RequestEnded(i),
            });
        return requests;
    }

    private async Task<IReadOnlyList<LiveRequest>> LongAsync(Drawer draw, int slots, ulong seed, RoundSizes sizes)
    {
        int answer = sizes.Answer / 2;
        int room = (context ?? int.MaxValue) - answer - 1;
        int Length(int i) =>
            Math.Min((2 - i / 2 % 2) * sizes.Ubatch + InTurn(Rests, (ulong)i / 2 + seed), room);
        return room > sizes.Ubatch
            ? await EachAsync(slots, i => i % 2 == 0
                ? draw.RequestAsync(i, Length(i), answer)
                : draw.RequestAsync(i, RoundSizes.Prompt / 2, 2 * sizes.Answer))
            : throw new NotApplicableException(
                $"prompts of over {sizes.Ubatch} tokens do not fit into the server's context of {context}; "
                + "start it with a larger one, or give its batch size with --ubatch");
    }

    private static async Task<IReadOnlyList<LiveRequest>> SoloAsync(Drawer draw, int answer)
    {
        int[] order = [0, 1, 0, 2, 1, 0, 3, 2];
        return await EachAsync(order.Length, async i =>
            await draw.RequestAsync(order[i], 8 + 40 * order[i], answer) with
            {
                Start = i == 0 ? null : new RequestEnded(i - 1),
            });
    }

    private static LiveRequest Repeated(LiveRequest request) =>
        request with { Prompt = Prompts.Concat(request.Prompt, request.Prompt) };

    private sealed class Drawer(PromptSource source, ulong seed, CancellationToken cancellation)
    {
        public async Task<LiveRequest> RequestAsync(int index, int length, int answer)
        {
            DrawnPrompt drawn = await source.DrawAsync(SeededRandom.Derive(seed, (ulong)index), length, cancellation);
            return new LiveRequest(drawn.Prompt, Math.Max(answer, 1), Codeword: drawn.Codeword);
        }
    }
}
