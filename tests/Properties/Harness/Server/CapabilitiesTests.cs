using System.Net;
using System.Text.Json;
using Gdn.Harness.Server;
using Gdn.Properties.Support;
using Gdn.Reference;
using Gdn.Reference.Engines;
using Xunit;

namespace Gdn.Properties.Harness.Server;

/// <summary>A server asks nothing of its engine that it does not declare: the engines here throw on it.</summary>
public sealed class CapabilitiesTests
{
    private static readonly int[] A = Completions.Prompt(seed: 1, length: 70), B = Completions.Prompt(seed: 2, length: 9);

    [Fact]
    public void Within_EverythingDeclared_Unchanged()
    {
        var options = new ServeOptions(4)
        {
            ContextTokens = 300,
            DraftTokens = 3,
            Fault = ServerFault.Find("snapshot-before-write"),
        };
        Assert.Equal(options, options.Within(new EngineCapabilities()));
    }

    [Fact]
    public async Task Snapshots_None_NothingIsCached()
    {
        await using Running server = await Start(new ServeOptions(1), new EngineCapabilities { Snapshots = false });
        string[] expected = await Solo(A);
        for (int i = 0; i < 2; i++)
        {
            JsonElement answer = await Answer(server, A);
            Assert.Equal(expected, Completions.LogProbabilities(answer));
            Assert.Equal(0, Completions.Timing(answer, "cache_n"));
        }

        Assert.Equal(0, (await Own(server)).GetProperty("checkpoints").GetInt32());
    }

    [Theory]
    [InlineData("lookahead-block-retained", true)]
    [InlineData("unwritten-slot-donated", true)]
    [InlineData("snapshot-before-write", true)]
    [InlineData("state-ahead-of-node", true)]
    [InlineData("busy-slot-cache-load", true)]
    [InlineData("slot-file-without-state", true)]
    [InlineData("checkpoint-selector", false)]
    [InlineData("abort-flag-bleed", false)]
    public void Snapshots_None_FaultsThatNeedThemAreRefused(string fault, bool refused)
    {
        var options = new ServeOptions(1) { Fault = ServerFault.Find(fault) };
        InputException? thrown = Record(options, new EngineCapabilities { Snapshots = false });
        Assert.Equal(refused ? "--fault" : null, thrown?.Where);
    }

    [Fact]
    public async Task MaxBatchTokens_Few_PromptsAreReadInPieces()
    {
        await using Running server = await Start(new ServeOptions(2), new EngineCapabilities { MaxBatchTokens = 5 });
        Assert.Equal(await Solo(A), Completions.LogProbabilities(await Answer(server, A)));
        Assert.Equal(5, (await Own(server)).GetProperty("n_ubatch").GetInt32());
    }

    [Fact]
    public async Task MaxBatchTokens_FewerThanTheSlotsNeed_Refused()
    {
        var capabilities = new EngineCapabilities { MaxBatchTokens = 5 };
        InputException thrown = await Assert.ThrowsAsync<InputException>(
            () => Start(new ServeOptions(2) { DraftTokens = 2 }, capabilities));
        Assert.Equal("--slots", thrown.Where);
    }

    [Fact]
    public async Task MaxPositions_Few_AnswersEndThere()
    {
        const int Positions = 40;
        await using Running server = await Start(new ServeOptions(1), new EngineCapabilities { MaxPositions = Positions });
        Running.Reply reply = await server.Post("/completion", Completions.Greedy(B, -1));
        Assert.Equal(HttpStatusCode.OK, reply.Status);
        Assert.InRange(Completions.Tokens(reply.Body).Length, Positions - B.Length, Positions - B.Length + 1);
        Assert.Equal(HttpStatusCode.BadRequest, (await server.Post("/completion", Completions.Greedy(A, 1))).Status);
    }

    [Theory]
    [InlineData(RollbackSupport.None, int.MaxValue, 1, true)]
    [InlineData(RollbackSupport.Repeated, 2, 3, true)]
    [InlineData(RollbackSupport.OncePerBatch, 3, 3, false)]
    [InlineData(RollbackSupport.None, int.MaxValue, 0, false)]
    public void Drafts_RollbacksNotDeclared_Refused(RollbackSupport rollback, int depth, int drafts, bool refused)
    {
        var capabilities = new EngineCapabilities { Rollback = rollback, RollbackDepth = depth };
        InputException? thrown = Record(new ServeOptions(1) { DraftTokens = drafts }, capabilities);
        Assert.Equal(refused ? "--draft" : null, thrown?.Where);
    }

    [Fact]
    public async Task Start_Refused_DisposesOfTheEngine()
    {
        var source = new CountingSource(new EngineCapabilities { Rollback = RollbackSupport.None });
        await Assert.ThrowsAsync<InputException>(() => Running.Start(new ServeOptions(1) { DraftTokens = 1 }, source));
        Assert.Equal(1, source.Disposed);
    }

    // A prompt is read while another answer is being made.
    [Fact]
    public async Task RaggedBatches_Refused_PassesAreUniform()
    {
        var capabilities = new EngineCapabilities
        {
            RaggedBatches = BatchHandling.Refused,
            InterleavedBatches = BatchHandling.Refused,
        };
        await using Running server = await Start(new ServeOptions(2), capabilities);
        using EventStream other = await server.Open("/completion", Completions.Greedy(B, -1));
        await other.Next();
        Assert.Equal(await Solo(A), Completions.LogProbabilities(await Answer(server, A)));
    }

    private static Task<Running> Start(ServeOptions options, EngineCapabilities capabilities) =>
        Running.Start(options, new RestrictedFactory(capabilities));

    private static InputException? Record(ServeOptions options, EngineCapabilities capabilities) =>
        Xunit.Record.Exception(() => options.Within(capabilities)) as InputException;

    private static async Task<JsonElement> Answer(Running server, int[] prompt)
    {
        Running.Reply reply = await server.Post("/completion", Completions.Greedy(prompt, 8, cache: true));
        Assert.True(reply.Status == HttpStatusCode.OK, reply.Body.ToString());
        return reply.Body;
    }

    private static async Task<string[]> Solo(int[] prompt)
    {
        await using Running server = await Running.Start(new ServeOptions(1));
        return Completions.LogProbabilities(await Answer(server, prompt));
    }

    private static async Task<JsonElement> Own(Running server) => (await server.Get("/props")).Body.GetProperty("gdn_harness");

    private sealed class CountingSource(EngineCapabilities capabilities) : IEngineFactory
    {
        public string Name => "counting";

        public int Disposed { get; private set; }

        public IModelEngine Create(EngineOptions options) => new Engine(capabilities, this);

        // Nothing but what it declares is asked of it.
        private sealed class Engine(EngineCapabilities capabilities, CountingSource source) : IModelEngine
        {
            public EngineInfo Info => new("counting", 1) { Capabilities = capabilities };

            public void Decode(Gdn.Reference.Batches.TokenBatch batch, Span<float> logits) => throw new NotSupportedException();

            public int NextPosition(int sequence) => throw new NotSupportedException();

            public void Clear(int sequence) => throw new NotSupportedException();

            public void Dispose() => source.Disposed++;
        }
    }
}
