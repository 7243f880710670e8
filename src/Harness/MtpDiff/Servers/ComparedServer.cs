using Gdn.Harness.Clients;

namespace Gdn.Harness.MtpDiff.Servers;

/// <summary>A server whose answers are compared, and what was found of it.</summary>
/// <param name="Name">What tells it from another in reports: its address; null where it is the only one.</param>
/// <param name="Client">Asks it.</param>
internal sealed record ComparedServer(string? Name, ICompletionClient Client)
{
    /// <summary>How it is made to answer without drafts.</summary>
    public PlainWay Way { get; private set; }

    /// <summary>K: the longest draft that was seen; null if it does not tell its rounds.</summary>
    public int? Longest { get; private set; }

    /// <summary>The arms so far.</summary>
    public List<ServedArmResult> Results { get; } = [];

    /// <summary>Whether it drafts.</summary>
    public bool Drafts => Way != PlainWay.AsItIs;

    /// <summary>Asks it for answers without drafts.</summary>
    public ICompletionClient Plain => new PlainClient(Client, Way);

    /// <summary>Finds out whether it drafts, and how it is made not to.</summary>
    /// <param name="prompt">A prompt for which it has drafted, if it has for any.</param>
    /// <param name="answers">Its answers as it was started.</param>
    /// <param name="totals">What it counted for those; null where it does not report that.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task LearnAsync(
        Prompt prompt, IReadOnlyList<TimedCompletion> answers, SpeculationTotals? totals, CancellationToken cancellation)
    {
        if (!answers.Any(answer => answer.Completion.Counters.Drafted > 0) && totals is not { Drafted: > 0 }) return;
        Longest = answers.SelectMany(answer => answer.Completion.Rounds ?? []).Select(round => (int?)round.Drafted).Max();
        SpeculationTotals? before = await Client.SpeculationAsync(cancellation);
        int tokens = answers.Max(answer => answer.Completion.Tokens.Count);
        var request = new CompletionRequest(prompt, tokens, Slot: Client.Info.TakesSlots ? 0 : null, Purpose: "drafts off?") { Drafts = 0 };
        Completion answer = await Client.CompleteAsync(request, null, cancellation);
        SpeculationTotals? after = await Client.SpeculationAsync(cancellation);
        bool drafted = answer.Counters.Drafted > 0
            || (before is not null && after is not null && after.Since(before).Drafted > 0)
            // It says nothing of single answers, and does not count either.
            || (answer.Counters.Drafted is null && after is null && answers.All(other => other.Completion.Counters.Drafted is null));
        Way = drafted ? PlainWay.InPairs : PlainWay.ByRequest;
    }

    /// <summary>How answers without drafts are had, in words.</summary>
    public string WayInWords => Way switch
    {
        PlainWay.AsItIs => "it does not draft",
        PlainWay.ByRequest => "speculative.n_max 0 in the request",
        _ => "two tokens a request, since it does not let a request go without drafts: the first token of an answer comes from the "
            + "prompt, and the last is not drafted",
    };
}
