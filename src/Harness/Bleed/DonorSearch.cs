using Gdn.Harness.Clients;
using Gdn.Harness.Traffic;

namespace Gdn.Harness.Bleed;

/// <summary>Looks for the request whose text a corrupted answer has.</summary>
/// <param name="solo">The server's solo answers.</param>
internal sealed class DonorSearch(SoloAnswers solo)
{
    /// <summary>The one with the longest run of tokens in common; null where none stands out.</summary>
    /// <param name="round">The round.</param>
    /// <param name="request">The corrupted request.</param>
    /// <param name="expected">Its solo answer.</param>
    /// <param name="actual">Its answer in the round.</param>
    /// <param name="start">From where they differ.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task<Attribution?> ByOverlapAsync(
        LiveRound round, int request, IReadOnlyList<ServedToken> expected, IReadOnlyList<ServedToken> actual, int start,
        CancellationToken cancellation)
    {
        var others = new List<(int, IReadOnlyList<ServedToken>)>();
        for (int other = 0; other < round.Requests.Count; other++)
        {
            LiveRequest donor = round.Requests[other];
            if (other == request || donor.Prompt.Key == round.Requests[request].Prompt.Key) continue;
            // What it would have said next belongs to it too: its state outlives its answer. Where the server refuses to go
            // on that far, its answer has to do.
            Completion? said =
                await Inquiry.TryAsync(() => SaidAsync(donor, Fitting(donor, donor.MaxTokens + actual.Count - start), cancellation))
                ?? await Inquiry.TryAsync(() => SaidAsync(donor, donor.MaxTokens, cancellation));
            others.Add((other, [.. PromptTokens(donor), .. said?.Tokens ?? []]));
        }

        return Attribution.ByOverlap([.. actual.Skip(start)], [.. expected.Skip(start)], others);
    }

    private async Task<Completion?> SaidAsync(LiveRequest donor, int count, CancellationToken cancellation) =>
        await solo.AnswerAsync(donor.Prompt, count, cancellation);

    private int Fitting(LiveRequest donor, int count) => solo.Context is { } context && donor.Prompt.Tokens is { } tokens
        ? Math.Max(Math.Min(count, context - tokens.Count), donor.MaxTokens)
        : count;

    private static IEnumerable<ServedToken> PromptTokens(LiveRequest request) =>
        request.Prompt.Tokens?.Select(id => new ServedToken(id, "", null, [])) ?? [];
}
