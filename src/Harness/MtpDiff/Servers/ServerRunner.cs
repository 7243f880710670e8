using System.Diagnostics;
using Gdn.Harness.Clients;

namespace Gdn.Harness.MtpDiff.Servers;

/// <summary>Asks a server for the answers to all prompts, so many at once.</summary>
/// <param name="prompts">The prompts.</param>
/// <param name="tokens">Tokens of an answer.</param>
internal sealed class ServerRunner(IReadOnlyList<Prompt> prompts, int tokens)
{
    /// <summary>The answers, and what the server counted meanwhile.</summary>
    /// <param name="server">The server.</param>
    /// <param name="arm">How it is asked.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task<(IReadOnlyList<TimedCompletion> Answers, SpeculationTotals? Totals)> AskAsync(
        ICompletionClient server, ServedArm arm, CancellationToken cancellation)
    {
        SpeculationTotals? before = await server.SpeculationAsync(cancellation);
        var answers = new List<TimedCompletion>();
        foreach (Prompt[] group in prompts.Chunk(arm.Np))
            answers.AddRange(await Task.WhenAll(group.Select((prompt, i) => AskAsync(server, prompt, arm, i, cancellation))));
        SpeculationTotals? after = before is null ? null : await server.SpeculationAsync(cancellation);
        return (answers, before is null ? null : after?.Since(before));
    }

    // Side by side, each on a slot of its own; one at a time always on the same one.
    private async Task<TimedCompletion> AskAsync(
        ICompletionClient server, Prompt prompt, ServedArm arm, int number, CancellationToken cancellation)
    {
        var request = new CompletionRequest(prompt, tokens, Slot: server.Info.TakesSlots ? number : null, Purpose: arm.FullName)
        {
            Drafts = arm.Drafts,
            TellsRounds = true,
        };
        long? first = null;
        Completion answer = await server.CompleteAsync(request, _ => first ??= Stopwatch.GetTimestamp(), cancellation);
        return new TimedCompletion(answer, first is { } start ? Stopwatch.GetElapsedTime(start) : TimeSpan.Zero);
    }
}
