using Gdn.Harness.Clients;
using Gdn.Harness.Traffic;
using Gdn.Properties.Harness.Clients;
using Xunit;

namespace Gdn.Properties.Harness.Traffic;

/// <summary>An agent's conversation, and the short requests beside it.</summary>
public sealed class AgentTrafficTests
{
    private const int Slots = 3;

    private static Task<IReadOnlyList<LiveRequest>> RequestsAsync(PromptSource prompts, ICompletionClient server) =>
        ToyClient.RunAsync(() => new AgentTraffic(
            new RequestDrawer(prompts, seed: 5, CancellationToken.None), new SoloAnswers(server)).RequestsAsync(
                Slots, 12, CancellationToken.None));

    [Fact]
    public async Task Requests_OfTokens_ContinueTheTurnBefore()
    {
        IReadOnlyList<LiveRequest> requests = await RequestsAsync(new RandomTokens(ToyClient.Vocabulary), new ToyClient(Slots));
        Assert.Equal(3 * Slots, requests.Count);
        int[] turns = [0, Slots, 2 * Slots];
        for (int turn = 1; turn < turns.Length; turn++)
        {
            Assert.Equal(new RequestEnded(turns[turn - 1]), requests[turns[turn]].Start);
            IReadOnlyList<int> before = requests[turns[turn - 1]].Prompt.Tokens!, now = requests[turns[turn]].Prompt.Tokens!;
            Assert.True(now.Count > before.Count + 12);
            Assert.Equal(before, now.Take(before.Count));
        }

        // All others share their beginning with each other, and not with the conversation.
        int[][] sides = [.. Enumerable.Range(0, requests.Count).Except(turns).Select(i => requests[i].Prompt.Tokens!.Take(24).ToArray())];
        Assert.All(sides, side => Assert.Equal(sides[0], side));
        Assert.NotEqual(sides[0], requests[0].Prompt.Tokens!.Take(24));
        Assert.All(requests, request => Assert.True(request.Cache));
    }

    [Fact]
    public async Task Requests_OfText_AreMessages()
    {
        IReadOnlyList<LiveRequest> requests = await RequestsAsync(new CodewordPrompts(tokenize: null), new Parrot());
        Assert.Equal(
            ["system", "user", "assistant", "user", "assistant", "user"],
            requests[2 * Slots].Prompt.Messages!.Select(message => message.Role));
        Assert.Equal(["system", "user"], requests[1].Prompt.Messages!.Select(message => message.Role));
        Assert.Equal("yes", requests[Slots].Prompt.Messages![2].Text);
    }

    /// <summary>The arguments of its calls show whose codeword a model has before it.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Requests_OfText_OfferAToolUnlessItIsRefused(bool refuses)
    {
        IReadOnlyList<LiveRequest> requests = await RequestsAsync(new CodewordPrompts(tokenize: null), new Parrot { RefusesTools = refuses });
        int[] turns = [0, Slots, 2 * Slots];
        Assert.All(turns, turn => Assert.Equal(!refuses, requests[turn].Prompt.OffersTool));
        Assert.All(Enumerable.Range(0, requests.Count).Except(turns), side => Assert.False(requests[side].Prompt.OffersTool));
    }

    // Answers everything alike.
    private sealed class Parrot : ICompletionClient
    {
        public ServerInfo Info { get; } = new(new Uri("http://parrot/"), ServerFlavour.Unknown) { Route = ServerRoute.Chat };

        public bool RefusesTools { get; init; }

        public Task<Completion> CompleteAsync(
            CompletionRequest request, Action<CompletionPart>? received, CancellationToken cancellation) =>
            RefusesTools && request.Prompt.OffersTool
                ? throw new BadAnswerException("/v1/chat/completions", "500: tools are not supported")
                : Task.FromResult(new Completion([new ServedToken(null, "yes", null, [])], "yes", null, default));

        public Task<IReadOnlyList<int>?> TokenizeAsync(string text, CancellationToken cancellation) =>
            Task.FromResult<IReadOnlyList<int>?>(null);

        public Task<SpeculationTotals?> SpeculationAsync(CancellationToken cancellation) => Task.FromResult<SpeculationTotals?>(null);

        public void Dispose() { }
    }
}
