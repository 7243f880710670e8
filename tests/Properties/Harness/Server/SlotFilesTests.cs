using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gdn.Harness.Server;
using Gdn.Properties.Support;
using Gdn.Reference.Engines;
using Xunit;

namespace Gdn.Properties.Harness.Server;

/// <summary>Slots saved, used for something else, and restored: what continues them has the bits of an answer without a cache.</summary>
public sealed class SlotFilesTests
{
    private static readonly int[] A = Completions.Prompt(seed: 1, length: 40), B = Completions.Prompt(seed: 2, length: 30);

    [Theory]
    [InlineData(null, 0)]
    [InlineData(null, 1)]
    [InlineData("slot-file-without-state", 0)]
    [InlineData("slot-file-without-state", 1)]
    public async Task Restore_AfterOtherWork_GoesOnWithTheSavedState(string? fault, int into)
    {
        // No other cache than the slots themselves.
        await using Running server = await Running.Start(
            new ServeOptions(2) { Checkpoints = 0, Fault = fault is null ? null : ServerFault.Find(fault) });
        int[] said = Completions.Tokens(await Answer(server, A, slot: 0, cache: true));
        int held = A.Length + said.Length - 1;
        Assert.Equal(held, await Act(server, 0, "save", "n_saved"));
        foreach (int slot in (int[])[0, 1]) await Answer(server, B, slot, cache: true);
        Assert.Equal(held, await Act(server, into, "restore", "n_restored"));

        int[] next = [.. A, .. said, .. B];
        JsonElement restored = await Answer(server, next, into, cache: true);
        Assert.Equal(held, Completions.Timing(restored, "cache_n"));
        string[] expected = Completions.LogProbabilities(await Answer(server, next, slot: 0, cache: false));
        Assert.Equal(fault is null, expected.SequenceEqual(Completions.LogProbabilities(restored)));
    }

    [Fact]
    public async Task Erase_NothingIsLeft()
    {
        await using Running server = await Running.Start(new ServeOptions(1) { Checkpoints = 0 });
        await Answer(server, A, slot: 0, cache: true);
        Assert.Equal(A.Length + 5, await Act(server, 0, "erase", "n_erased"));
        Assert.Equal(0, Completions.Timing(await Answer(server, [.. A, .. B], slot: 0, cache: true), "cache_n"));
    }

    /// <summary>An action waits for the answer on its slot; a client that does not wait for it leaves the queue.</summary>
    [Fact]
    public async Task Action_OnABusySlot_Waits()
    {
        using var gate = new GatedSource();
        await using Running server = await Running.Start(new ServeOptions(1), gate);
        Task<JsonElement> running = Answer(server, A, slot: 0, cache: true);
        gate.Allow(1);
        await server.WaitForSlots(slots => slots[0].GetProperty("is_processing").GetBoolean());
        Task<int> saving = Act(server, 0, "save", "n_saved");
        Assert.False(saving.IsCompleted);
        gate.Open();
        Assert.Equal(A.Length + Completions.Tokens(await running).Length - 1, await saving);
    }

    [Theory]
    [InlineData("0?action=save", """{"filename":"a"}""", 400, "Slot 0 is empty")]
    [InlineData("0?action=restore", """{"filename":"a"}""", 400, "No file 'a' was saved")]
    [InlineData("0?action=save", "{}", 400, "Field 'filename': it is missing")]
    [InlineData("0?action=save", """{"filename":"../a"}""", 400, "Field 'filename': use up to 128 letters")]
    [InlineData("0?action=sleep", "{}", 400, "Invalid action 'sleep': use save, restore or erase")]
    [InlineData("0", "{}", 400, "Invalid action ''")]
    [InlineData("1?action=erase", "{}", 400, "Invalid slot ID")]
    [InlineData("-1?action=erase", "{}", 400, "Invalid slot ID")]
    public async Task Action_ThatCannotBeDone_SaysWhy(string action, string body, int status, string message)
    {
        await using Running server = await Running.Start(new ServeOptions(1));
        Running.Reply reply = await server.Post("/slots/" + action, JsonNode.Parse(body)!);
        Assert.Equal((HttpStatusCode)status, reply.Status);
        Assert.StartsWith(message, reply.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Action_EngineWithoutSnapshots_IsNotSupported()
    {
        await using Running server = await Running.Start(
            new ServeOptions(1), new RestrictedFactory(new EngineCapabilities { Snapshots = false }));
        Running.Reply reply = await server.Post("/slots/0?action=erase", new JsonObject());
        Assert.Equal((HttpStatusCode.NotImplemented, "The engine declares no snapshots, which slot files are"), (reply.Status, reply.Error));
    }

    private static async Task<JsonElement> Answer(Running server, int[] prompt, int slot, bool cache)
    {
        JsonObject request = Completions.Greedy(prompt, 6, cache);
        request["id_slot"] = slot;
        return (await server.Post("/completion", request)).Body;
    }

    private static async Task<int> Act(Running server, int slot, string action, string counted)
    {
        JsonElement answer = (await server.Post($"/slots/{slot}?action={action}", new JsonObject { ["filename"] = "kept.slot" })).Body;
        Assert.Equal(slot, answer.GetProperty("id_slot").GetInt32());
        return answer.GetProperty(counted).GetInt32();
    }
}
