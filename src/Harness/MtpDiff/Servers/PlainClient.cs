using Gdn.Harness.Clients;

namespace Gdn.Harness.MtpDiff.Servers;

/// <summary>A client of a server that drafts, which gets its answers without drafts.</summary>
/// <param name="server">The server; it is not disposed of.</param>
/// <param name="way">How.</param>
internal sealed class PlainClient(ICompletionClient server, PlainWay way) : ICompletionClient
{
    private const int Pair = 2;

    public ServerInfo Info => server.Info;

    /// <inheritdoc/>
    public Task<Completion> CompleteAsync(
        CompletionRequest request, Action<CompletionPart>? received, CancellationToken cancellation) => way switch
        {
            PlainWay.AsItIs => server.CompleteAsync(request, received, cancellation),
            PlainWay.ByRequest => server.CompleteAsync(request with { Drafts = 0 }, received, cancellation),
            _ => InPairsAsync(request, received, cancellation),
        };

    public Task<IReadOnlyList<int>?> TokenizeAsync(string text, CancellationToken cancellation) =>
        server.TokenizeAsync(text, cancellation);

    public Task<IReadOnlyList<int>?> TokensOfAsync(Prompt prompt, CancellationToken cancellation) =>
        server.TokensOfAsync(prompt, cancellation);

    public Task<SpeculationTotals?> SpeculationAsync(CancellationToken cancellation) => server.SpeculationAsync(cancellation);

    public Task SlotAsync(SlotAction action, int slot, string? file, CancellationToken cancellation) =>
        server.SlotAsync(action, slot, file, cancellation);

    public void Dispose()
    {
        // The server's client is not its own.
    }

    private async Task<Completion> InPairsAsync(
        CompletionRequest request, Action<CompletionPart>? received, CancellationToken cancellation)
    {
        var tokens = new List<ServedToken>();
        int? slot = null;
        while (tokens.Count < request.MaxTokens)
        {
            Prompt prompt = request.Prompt.Then(tokens) ?? throw new BadAnswerException(
                server.Info.Path, "the server drafts, and its answers cannot be put into a prompt to be continued without");
            Completion part = await server.CompleteAsync(
                request with { Prompt = prompt, MaxTokens = Math.Min(Pair, request.MaxTokens - tokens.Count) }, received, cancellation);
            if (part.Tokens.Count == 0) break;
            tokens.AddRange(part.Tokens);
            slot = part.Slot;
        }

        return new Completion(tokens, string.Concat(tokens.Select(token => token.Text)), slot, default);
    }
}
