namespace Gdn.Harness.Clients;

/// <summary>What a server reports of itself.</summary>
/// <param name="Address">Where it listens.</param>
/// <param name="Flavour">Whose it is.</param>
/// <param name="Build">Its build, or null.</param>
/// <param name="Model">Its model, or null.</param>
/// <param name="Slots">Requests that it answers at once, or null.</param>
/// <param name="ContextPerSlot">Tokens of prompt and answer that a request may have, or null.</param>
/// <param name="Properties">Its settings as it shows them, or null.</param>
public sealed record ServerInfo(
    Uri Address, ServerFlavour Flavour, string? Build = null, string? Model = null, int? Slots = null,
    int? ContextPerSlot = null, string? Properties = null)
{
    /// <summary>The route on which it is asked.</summary>
    public ServerRoute Route { get; init; } = ServerRoute.Completions;

    /// <summary>The path of that route, from the host.</summary>
    public string Path { get; init; } = "/v1/completions";

    /// <summary>Whether prompts may be token ids.</summary>
    public bool TakesTokens => Route is ServerRoute.Native or ServerRoute.Completions;

    /// <summary>Whether it goes on from a given beginning of an answer: a prompt is taken as it is.</summary>
    public bool ContinuesAnswers => Route != ServerRoute.Chat;

    /// <summary>Whose it is and which build.</summary>
    public string Name => Build?.StartsWith(Flavour.Name(), StringComparison.Ordinal) == true
        ? Build
        : $"{Flavour.Name()} {Build ?? "(build not reported)"}";

    /// <summary>Whether requests can be given a slot; some servers hang when given a slot that they do not have.</summary>
    public bool TakesSlots =>
        Slots is not null
        && Flavour is (ServerFlavour.LlamaCpp or ServerFlavour.IkLlama or ServerFlavour.GdnHarness);
}
