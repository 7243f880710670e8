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
/// <param name="Slot">The slot that it names, on servers where it can; null to be answered on any.</param>
public sealed record LiveRequest(
    Prompt Prompt, int MaxTokens, Trigger? Start = null, Trigger? Abort = null, bool Cache = false,
    string? Codeword = null, int? Slot = null)
{
    /// <summary>Whether its slot is saved to a file after its answer, before it counts as ended.</summary>
    public bool SavesSlot { get; init; }

    /// <summary>The request whose saved slot is restored into this one's before it is sent; null for none.</summary>
    public int? RestoresSlotOf { get; init; }
}

/// <summary>A round of traffic as data: enough to play it again.</summary>
/// <param name="Scenario">The pattern.</param>
/// <param name="Slots">np: how many requests are answered at once.</param>
/// <param name="Requests">The requests.</param>
public sealed record LiveRound(
    [property: JsonConverter(typeof(JsonStringEnumConverter<Scenario>))] Scenario Scenario, int Slots,
    IReadOnlyList<LiveRequest> Requests)
{
    private const int SlotsMax = 64, RequestsMax = 4096, TokensMax = 1 << 20;

    /// <summary>Most candidates that a round may ask for.</summary>
    public const int CandidatesMax = 1000;

    /// <summary>
    /// How many of the likeliest tokens are requested at each position; 0 for no log-probabilities, null for the usual number.
    /// Some servers compute an answer differently when they are asked for them.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Candidates { get; init; }

    /// <summary>The round with the slots that its requests were sent to, so that it can be played in the same way again.</summary>
    /// <param name="transcripts">One for each request.</param>
    public LiveRound AsPlayed(IReadOnlyList<LiveTranscript> transcripts) => this with
    {
        Requests = [.. transcripts.Select(transcript => Requests[transcript.Request] with { Slot = transcript.Slot })],
    };

    /// <summary>Why a server cannot play it, in one line; null if it can.</summary>
    /// <param name="server">The server.</param>
    public string? ObstacleOn(ServerInfo server)
    {
        if (server.TakesSlots && Requests.Max(request => request.Slot) is { } slot && slot >= server.Slots)
            return $"a request names slot {slot}, and the server has {server.Slots}; start it with more (-np {slot + 1})";
        // Of a text, the tokens are not known.
        int longest = Requests.Max(request => (request.Prompt.Tokens?.Count ?? 0) + request.MaxTokens);
        return longest > server.ContextPerSlot
            ? $"requests of {longest} tokens do not fit into the server's context of {server.ContextPerSlot} tokens per slot"
            : null;
    }

    /// <summary>Checks a round from a file.</summary>
    /// <param name="name">The file, for errors.</param>
    /// <exception cref="InputException">It cannot be played.</exception>
    public void Validate(string name)
    {
        if (Requests.Count is 0 or > RequestsMax)
            throw new InputException($"{name}: requests", $"there are {Requests.Count}", $"use 1 to {RequestsMax}");
        if (Slots is < 1 or > SlotsMax)
            throw new InputException($"{name}: slots", $"{Slots} is out of range", $"use 1 to {SlotsMax}");
        if (Candidates is < 0 or > CandidatesMax)
            throw new InputException($"{name}: candidates", $"{Candidates} is out of range", $"use 0 to {CandidatesMax}");
        for (int i = 0; i < Requests.Count; i++)
        {
            LiveRequest request = Requests[i];
            if (request.MaxTokens is < 1 or > TokensMax)
                throw Wrong(i, $"maxTokens {request.MaxTokens} is out of range", $"use 1 to {TokensMax}");
            if (request.Slot is < 0 or >= SlotsMax)
                throw Wrong(i, $"slot {request.Slot} is out of range", $"use 0 to {SlotsMax - 1}, or none");
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
            if ((request.SavesSlot || request.RestoresSlotOf is not null) && request.Slot is null)
                throw Wrong(i, "a slot is saved or restored, but none is named", "name one, from 0");
            if (request.RestoresSlotOf is { } saved && !(saved >= 0 && saved < i && Requests[saved].SavesSlot))
                throw Wrong(i, $"request {saved} before it saves no slot", "name an earlier one that does, with savesSlot");
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
