using System.Text.Json;
using System.Text.Json.Nodes;
using Gdn.Harness.Engines;
using Gdn.Harness.Server;
using Gdn.Reference.Engines;
using Xunit;

namespace Gdn.Properties.Harness.Server;

/// <summary>Each fault of the server changes an answer in the traffic that it needs; the clean server changes none.</summary>
public sealed class ServerFaultTests
{
    private static readonly int[] A = Completions.Prompt(seed: 1, length: 70), B = Completions.Prompt(seed: 2, length: 50);

    [Theory]
    [InlineData(null, false)]
    [InlineData("checkpoint-selector", true)]
    [InlineData("snapshot-before-write", true)]
    [InlineData("state-ahead-of-node", true)]
    public async Task Cache_RegenerateAndEdit(string? fault, bool shows)
    {
        await using Running server = await Start(fault, slots: 1);
        int wrong = 0;
        foreach (int[] prompt in (int[][])[A, A, [.. A[..40], .. B]]) wrong += await Differs(server, prompt) ? 1 : 0;
        Assert.Equal(shows, wrong > 0);
    }

    // The prompt is cached while another answer is being made, and then used.
    [Theory]
    [InlineData(null, false)]
    [InlineData("unwritten-slot-donated", true)]
    public async Task Cache_FilledInMixedPasses(string? fault, bool shows)
    {
        using var gate = new GatedSource("reference");
        await using Running server = await Start(fault, slots: 2, engine: gate);
        await gate.PassByPass(server, Differs(server, B));
        JsonObject endless = Completions.Greedy(Completions.Prompt(3, 5), -1);
        gate.Allow(1);
        using (EventStream stream = await server.Open("/completion", endless))
        {
            await stream.Next();
            Assert.False(await gate.PassByPass(server, Differs(server, A)));
        }

        gate.Open();
        Assert.Equal(shows, await Differs(server, A));
    }

    // Checkpoints in an answer, some of them in passes that reject drafts; then prompts that go on from the answer.
    [Theory]
    [InlineData(null, false)]
    [InlineData("lookahead-block-retained", true)]
    public async Task Cache_AnswersWithRejectedDrafts(string? fault, bool shows)
    {
        await using Running server = await Start(fault, slots: 1, draft: 4);
        int wrong = 0;
        for (int i = 0; i < 8; i++)
        {
            int[] prompt = Completions.Prompt(10 + i, 20);
            JsonElement answer = (await server.Post("/completion", Completions.Greedy(prompt, 120, cache: true))).Body;
            for (int length = 13; length < 120; length += 32)
                wrong += await Differs(server, [.. prompt, .. Completions.Tokens(answer)[..length], .. B]) ? 1 : 0;
        }

        Assert.Equal(shows, wrong > 0);
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData("abort-flag-bleed", true)]
    public async Task Abort_OfANeighbour(string? fault, bool shows)
    {
        // Long enough not to end before the neighbour's leaving is noticed.
        const int Answer = 2000;
        using var gate = new GatedSource();
        await using Running server = await Start(fault, slots: 2, engine: gate);
        gate.Allow(4);
        JsonObject request = Completions.Greedy(A, Answer);
        using EventStream watched = await server.Open("/completion", request);
        var events = new List<string> { (await watched.Next())! };
        Task<EventStream> opening = server.Open("/completion", Completions.Greedy(B, -1));
        await WaitForNeighbour(busy: true);
        gate.Allow(2);
        using (EventStream leaving = await opening) await leaving.Next();
        await WaitForNeighbour(busy: false);
        gate.Open();
        events.AddRange(await watched.Rest());

        int[] tokens = [.. events.SelectMany(data => Completions.Tokens(JsonDocument.Parse(data).RootElement))];
        Assert.Equal(Answer, tokens.Length);
        request["stream"] = false;
        int[] solo = Completions.Tokens((await server.Post("/completion", request)).Body);
        Assert.Equal(shows, !tokens.SequenceEqual(solo));

        Task WaitForNeighbour(bool busy) =>
            gate.PassByPass(server, slots => slots[1].GetProperty("is_processing").GetBoolean() == busy);
    }

    // A request names a busy slot, with a prompt that was cached before.
    [Theory]
    [InlineData(null, false)]
    [InlineData("busy-slot-cache-load", true)]
    public async Task Waiting_ForABusySlot(string? fault, bool shows)
    {
        using var gate = new GatedSource("reference");
        await using Running server = await Start(fault, slots: 2, engine: gate);
        async Task<JsonElement> Answer(int[] prompt, int tokens)
        {
            JsonObject request = Completions.Greedy(prompt, tokens, cache: true);
            request["id_slot"] = 1;
            return (await server.Post("/completion", request)).Body;
        }

        _ = await gate.PassByPass(server, Answer(A, 2));
        Task<JsonElement> running = Answer(B, 60);
        await gate.PassByPass(server, slots => slots[1].GetProperty("next_token")[0].GetProperty("n_decoded").GetInt32() > 2);
        Task<JsonElement> waiting = Answer(A, 2);
        await server.WaitForWaiting(1);
        gate.Open();
        string[] batched = Completions.LogProbabilities(await running);
        await waiting;
        JsonElement alone = (await server.Post("/completion", Completions.Greedy(B, 60))).Body;
        Assert.Equal(shows, !Completions.LogProbabilities(alone).SequenceEqual(batched));
    }

    /// <summary>A bug that an engine can have as well has the same name there; these two only a server can have.</summary>
    [Fact]
    public void All_HaveIdsOfKnownBugs() => Assert.Equal(
        ["busy-slot-cache-load", "slot-file-without-state"],
        ServerFaults.All.Select(fault => fault.Id).Except(Gdn.Harness.Faults.FaultCatalog.All.Select(fault => fault.Id)));

    private static Task<Running> Start(string? fault, int slots, int draft = 0, IEngineFactory? engine = null) => Running.Start(
        new ServeOptions(slots) { Fault = fault is null ? null : ServerFault.Find(fault), DraftTokens = draft },
        engine ?? EngineCatalog.Parse("reference"));

    // Whether an answer that may use the cache differs from one that may not.
    private static async Task<bool> Differs(Running server, int[] prompt)
    {
        JsonElement cached = (await server.Post("/completion", Completions.Greedy(prompt, 8, cache: true))).Body;
        JsonElement fresh = (await server.Post("/completion", Completions.Greedy(prompt, 8))).Body;
        return !Completions.LogProbabilities(cached).SequenceEqual(Completions.LogProbabilities(fresh));
    }
}
