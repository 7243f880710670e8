using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gdn.Harness.Server;
using Gdn.Properties.Support;
using Gdn.Reference.Engines;
using Xunit;

namespace Gdn.Properties.Harness.Server;

/// <summary>Clients that leave, queues that fill, engines that fail, servers that stop.</summary>
public sealed class LifecycleTests
{
    private static JsonObject Endless(int slot = -1)
    {
        JsonObject request = Completions.Greedy(Completions.Prompt(1, 5), -1);
        request["id_slot"] = slot;
        return request;
    }

    private static bool IsBusy(JsonElement slot) => slot.GetProperty("is_processing").GetBoolean();

    [Fact]
    public async Task Queue_Full_RefusesUntilThereIsRoom()
    {
        using var gate = new GatedSource();
        await using Running server = await Running.Start(new ServeOptions(1) { QueueCapacity = 1 }, gate);
        Task<Running.Reply> first = server.Post("/completion", Completions.Greedy([1, 2], 3));
        await server.WaitForSlots(slots => IsBusy(slots[0]));
        Task<Running.Reply> second = server.Post("/completion", Completions.Greedy([1, 2], 3));
        await WaitForQueue(server, 1);

        Running.Reply refused = await server.Post("/completion", Completions.Greedy([1, 2], 3));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.Status);
        Assert.Contains("1 requests are waiting", refused.Error, StringComparison.Ordinal);

        gate.Open();
        Assert.Equal(HttpStatusCode.OK, (await first).Status);
        Assert.Equal(HttpStatusCode.OK, (await second).Status);
        Assert.Equal(HttpStatusCode.OK, (await server.Post("/completion", Completions.Greedy([1, 2], 3))).Status);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Client_Leaves_ItsSlotIsFreed(bool stream)
    {
        using var gate = new GatedSource();
        await using Running server = await Running.Start(new ServeOptions(1), gate);
        gate.Allow(3);
        if (stream)
        {
            using EventStream events = await server.Open("/completion", Endless());
            await events.Next();
        }
        else
        {
            using var left = new CancellationTokenSource();
            Task<HttpResponseMessage> response = server.Client.PostAsync(
                new Uri("/completion", UriKind.Relative), System.Net.Http.Json.JsonContent.Create(Endless()), left.Token);
            await server.WaitForSlots(slots => IsBusy(slots[0]));
            await left.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => response);
        }

        await gate.PassByPass(server, slots => !IsBusy(slots[0]));
        gate.Open();
        Assert.Equal(HttpStatusCode.OK, (await server.Post("/completion", Completions.Greedy([1, 2], 3))).Status);
    }

    [Fact]
    public async Task Server_Stops_RunningAndWaitingRequestsAreTold()
    {
        using var gate = new GatedSource();
        Running server = await Running.Start(new ServeOptions(1), gate);
        gate.Allow(2);
        using EventStream running = await server.Open("/completion", Endless());
        Assert.NotNull(await running.Next());
        Task<Running.Reply> waiting = server.Post("/completion", Endless());
        await WaitForQueue(server, 1);

        // Beside: it waits for the pass that the gate holds back.
        Task stopped = Task.Run(server.Stop, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await waiting).Status);
        gate.Open();
        List<string> rest = await running.Rest();
        Assert.Equal(
            "The server was stopped",
            JsonDocument.Parse(rest[^1]).RootElement.GetProperty("error").GetProperty("message").GetString());
        await stopped;
        await server.DisposeAsync();
    }

    [Fact]
    public async Task Engine_Throws_RequestFailsAndTheNextIsAnswered()
    {
        bool isBroken = true;
        var engine = new DeviatingSource("breaking", (_, _, _) =>
        {
            if (isBroken) throw new InvalidOperationException("out of order");
        });
        await using Running server = await Running.Start(new ServeOptions(1), engine);

        Running.Reply failed = await server.Post("/completion", Completions.Greedy([1, 2], 3));
        Assert.Equal(HttpStatusCode.InternalServerError, failed.Status);
        Assert.Contains("out of order", failed.Error, StringComparison.Ordinal);
        isBroken = false;
        Assert.Equal(HttpStatusCode.OK, (await server.Post("/completion", Completions.Greedy([1, 2], 3))).Status);
    }

    // A process that is gone does not come back.
    [Fact]
    public async Task Engine_Dies_HealthSaysSo()
    {
        bool isDead = false;
        var engine = new DeviatingSource("dying", (_, _, _) =>
        {
            if (isDead) throw new EngineDiedException(EngineDeath.Crash, "the engine's process was ended by SIGSEGV");
        });
        await using Running server = await Running.Start(new ServeOptions(1), engine);
        Assert.Equal(HttpStatusCode.OK, (await server.Post("/completion", Completions.Greedy([1, 2], 3))).Status);
        Assert.Equal(HttpStatusCode.OK, (await server.Get("/health")).Status);

        isDead = true;
        Assert.Equal(HttpStatusCode.InternalServerError, (await server.Post("/completion", Completions.Greedy([1, 2], 3))).Status);
        await server.WaitForSlots(slots => !IsBusy(slots[0]));
        Running.Reply health = await server.Get("/health");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, health.Status);
        Assert.Contains("ended by SIGSEGV", health.Error, StringComparison.Ordinal);
    }

    // The pass never returns; the gate holds it until the test is over.
    [Fact]
    public async Task Server_Stops_AlthoughAPassDoesNotEnd()
    {
        using var gate = new GatedSource();
        Running server = await Running.Start(new ServeOptions(1), gate);
        Task<Running.Reply> running = server.Post("/completion", Endless());
        await server.WaitForSlots(slots => IsBusy(slots[0]));
        await server.Stop();
        await Assert.ThrowsAnyAsync<Exception>(async () => Assert.Equal(HttpStatusCode.OK, (await running).Status));
        gate.Open();
    }

    [Fact]
    public async Task Engine_SaysNaN_LogProbabilitiesAreNull()
    {
        var engine = new DeviatingSource("nan", (_, logits, _) => logits.Fill(float.NaN));
        await using Running server = await Running.Start(new ServeOptions(1), engine);
        JsonElement answer = (await server.Post("/completion", Completions.Greedy([1, 2], 2))).Body;

        Assert.All(
            answer.GetProperty("completion_probabilities").EnumerateArray(),
            token => Assert.Equal(JsonValueKind.Null, token.GetProperty("logprob").ValueKind));
    }

    private static async Task WaitForQueue(Running server, int waiting)
    {
        using var patience = new CancellationTokenSource(Running.Patience);
        string wanted = $"llamacpp:requests_deferred {waiting}\n";
        while (!(await server.Client.GetStringAsync(new Uri("/metrics", UriKind.Relative))).Contains(wanted, StringComparison.Ordinal))
            patience.Token.ThrowIfCancellationRequested();
    }
}
