using System.Text.Json.Serialization;
using Gdn.Harness.Clients;
using Gdn.Reference;

namespace Gdn.Harness.Traffic;

/// <summary>A request of a client.</summary>
/// <param name="Prompt">Its prompt.</param>
/// <param name="MaxTokens">Tokens that it wants.</param>
/// <param name="Start">What it waits for; null to start at once.</param>
/// <param name="Abort">When its client leaves; null if it stays to the end.</param>
/// <param name="Cache">Whether the server may use its cache.</param>
/// <param name="Codeword">A word that this prompt alone contains and asks for; null if it has none.</param>
public sealed record LiveRequest(
    Prompt Prompt, int MaxTokens, Trigger? Start = null, Trigger? Abort = null, bool Cache = false,
    string? Codeword = null);

/// <summary>A round of traffic as data: enough to play it again.</summary>
/// <param name="Scenario">The pattern.</param>
/// <param name="Slots">np: how many requests are answered at once.</param>
/// <param name="Requests">The requests.</param>
public sealed record LiveRound(
    [property: JsonConverter(typeof(JsonStringEnumConverter<Scenario>))] Scenario Scenario, int Slots,
    IReadOnlyList<LiveRequest> Requests)
{
    private const int SlotsMax = 64, RequestsMax = 4096, TokensMax = 1 << 20;

    /// <summary>Checks a round from a file.</summary>
    /// <param name="name">The file, for errors.</param>
    /// <exception cref="InputException">It cannot be played.</exception>
    public void Validate(string name)
    {
        if (Requests.Count is 0 or > RequestsMax)
            throw new InputException($"{name}: requests", $"there are {Requests.Count}", $"use 1 to {RequestsMax}");
        if (Slots is < 1 or > SlotsMax)
            throw new InputException($"{name}: slots", $"{Slots} is out of range", $"use 1 to {SlotsMax}");
        for (int i = 0; i < Requests.Count; i++)
        {
            LiveRequest request = Requests[i];
            if (request.MaxTokens is < 1 or > TokensMax)
                throw Wrong(i, $"maxTokens {request.MaxTokens} is out of range", $"use 1 to {TokensMax}");
            if (request.Prompt.Tokens is null == request.Prompt.Text is null)
                throw Wrong(i, "the prompt has neither tokens nor a text, or both", "give one of them");
            // What it waits for is certain to happen: it depends on earlier requests only.
            int? start = request.Start switch
            {
                TokensArrived { Request: var other } => other,
                RequestEnded { Request: var other } => other,
                RequestsEnded { Count: var count } => count - 1,
                _ => null,
            };
            if (start is { } s && (s < 0 || s >= i))
                throw Wrong(i, "it starts after a request that is not before it", "let it wait for an earlier one");
            bool stays = request.Abort is null;
            if (!stays && !(request.Abort is TokensArrived abort && abort.Request >= 0 && abort.Request < Requests.Count))
                throw Wrong(
                    i, "it is aborted by no tokens of a request of the round",
                    $"name a request from 0 to {Requests.Count - 1}");
        }

        InputException Wrong(int request, string problem, string remedy) =>
            new($"{name}: requests[{request}]", problem, remedy);
    }
}
