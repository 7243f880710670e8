using System.Text.Json.Nodes;
using Gdn.Harness.Engines;
using Gdn.Harness.Server;
using Xunit;

namespace Gdn.Properties.Harness.Server;

/// <summary>What this server is for: batched answers are the solo ones, unless there is a fault.</summary>
public sealed class ConcurrencyTests
{
    private const int Requests = 9, AnswerTokens = 20;

    public static TheoryData<string> Setups => ["decode-first", "prefill-first", "separate", "small passes", "speculation"];

    private static ServeOptions Options(string setup, int slots) => setup switch
    {
        "prefill-first" => new ServeOptions(slots) { Order = BatchOrder.PrefillFirst },
        "separate" => new ServeOptions(slots) { Order = BatchOrder.Separate },
        "small passes" => new ServeOptions(slots) { UbatchTokens = 8 },
        "speculation" => new ServeOptions(slots) { DraftTokens = 3 },
        _ => new ServeOptions(slots),
    };

    /// <summary>On the reference, which takes token by token: an engine that works in blocks rounds a prompt as it is cut.</summary>
    [Theory]
    [MemberData(nameof(Setups))]
    public async Task Reference_Batched_SameBitsAsSolo(string setup)
    {
        NamedEngine engine = EngineCatalog.Parse("reference");
        string[][] solo, batched;
        await using (Running server = await Running.Start(new ServeOptions(1), engine)) solo = await OneByOne(server);
        await using (Running server = await Running.Start(Options(setup, slots: 4), engine))
            batched = await AllAtOnce(server);

        for (int i = 0; i < Requests; i++) Assert.Equal(solo[i], batched[i]);
    }

    // Two slots make one plan; two others of the same shape then run on it. A prompt runs alone: in one pass with another
    // sequence it would run on a wrong plan as well, and find its state where that has put it.
    [Theory]
    [InlineData("cpu", false)]
    [InlineData("cpu+fault:gr-shape-key", true)]
    public async Task Batches_OfOneShapeAndOtherSlots_BleedUnderShapeKeyOnly(string engine, bool bleeds)
    {
        using var gate = new GatedSource(engine);
        await using Running server = await Running.Start(Options("separate", slots: 4), gate);
        string[] solo = await gate.PassByPass(server, Answer(server, 5));
        foreach ((int slot, int neighbour) in ((int, int)[])[(1, 0), (3, 2)])
        {
            JsonObject endless = Completions.Greedy(Completions.Prompt(100, 5), -1);
            endless["id_slot"] = neighbour;
            string[] batched;
            gate.Allow(1);
            using (EventStream stream = await server.Open("/completion", endless))
            {
                await stream.Next();
                batched = await gate.PassByPass(server, Answer(server, 5, slot));
                await server.WaitForSlots(slots => slots[neighbour].GetProperty("is_processing").GetBoolean());
            }

            await gate.PassByPass(server, slots => slots.All(one => !one.GetProperty("is_processing").GetBoolean()));
            if (slot == 3) Assert.Equal(bleeds, !solo.SequenceEqual(batched));
        }
    }

    [Fact]
    public async Task Jitter_Batched_MovesLogProbabilitiesALittle_Solo_NotAtAll()
    {
        await using Running server = await Running.Start(new ServeOptions(4) { Jitter = 1e-6 });
        string[][] solo = await OneByOne(server), again = await OneByOne(server), batched = await AllAtOnce(server);

        for (int i = 0; i < Requests; i++) Assert.Equal(solo[i], again[i]);
        Assert.Contains(Enumerable.Range(0, Requests), i => !solo[i].SequenceEqual(batched[i]));
    }

    // Ragged prompts of 1 to 97 tokens: decoding overlaps with prefilling, and requests outnumber slots.
    private static async Task<string[][]> OneByOne(Running server)
    {
        var answers = new List<string[]>();
        for (int i = 0; i < Requests; i++) answers.Add(await Answer(server, i));
        return [.. answers];
    }

    private static Task<string[][]> AllAtOnce(Running server) =>
        Task.WhenAll(Enumerable.Range(0, Requests).Select(i => Answer(server, i)));

    private static async Task<string[]> Answer(Running server, int i, int slot = -1)
    {
        JsonObject request = Completions.Greedy(Completions.Prompt(i, 1 + 12 * i), AnswerTokens);
        request["id_slot"] = slot;
        return Completions.LogProbabilities((await server.Post("/completion", request)).Body);
    }
}
