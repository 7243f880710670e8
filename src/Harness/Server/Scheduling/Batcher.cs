using Gdn.Harness.Server.Caching;
using Gdn.Harness.Server.Generation;
using Gdn.Harness.Speculation;

namespace Gdn.Harness.Server.Scheduling;

/// <summary>Decides what the next pass takes: continuous batching.</summary>
/// <param name="options">Sizes and order.</param>
/// <param name="drafts">Drafts the answers on.</param>
internal sealed class Batcher(ServeOptions options, IDraftSource drafts)
{
    /// <summary>The pieces of the next pass, in the order in which the engine gets them; none when no slot is busy.</summary>
    public IReadOnlyList<Piece> Next(IReadOnlyList<Slot> slots)
    {
        Slot[] decoding = [.. slots.Where(slot => slot.IsDecoding)];
        Piece[] answers =
            [.. decoding.Zip(drafts.Draft([.. decoding.Select(Request)]), (slot, drafted) => new Piece(slot, [slot.Pending, .. drafted], 1 + drafted.Length))];
        int budget = options.UbatchTokens;
        if (options.Order != BatchOrder.Separate) budget -= answers.Sum(piece => piece.Tokens.Length);
        var prompts = new List<Piece>();
        foreach (Slot slot in slots.Where(slot => slot.IsPrefilling))
        {
            if (budget == 0) break;
            Piece piece = Prefill(slot, budget);
            budget -= piece.Tokens.Length;
            prompts.Add(piece);
        }

        return options.Order switch
        {
            BatchOrder.DecodeFirst => [.. answers, .. prompts],
            BatchOrder.PrefillFirst => [.. prompts, .. answers],
            _ => prompts.Count > 0 ? prompts : answers,
        };
    }

    private DraftRequest Request(Slot slot)
    {
        int room = Math.Min(slot.Answer!.Left - 1, options.ContextTokens - slot.Tokens.Length - 1);
        int most = Math.Min(options.DraftTokens, slot.Answer.Request.Drafts ?? options.DraftTokens);
        return new DraftRequest(
            slot.Id, (int[])[.. slot.Tokens, slot.Pending], slot.Answer.Count, Math.Max(0, Math.Min(most, room)));
    }

    private Piece Prefill(Slot slot, int budget)
    {
        GenerationRequest request = slot.Answer!.Request;
        int done = slot.Tokens.Length, length = request.Prompt.Length;
        int end = options.Checkpoints > 0 && request.UseCache ? CheckpointGrid.Next(done, length) : length;
        end = Math.Min(end, done + budget);
        return new Piece(slot, request.Prompt[done..end], end == length ? 1 : 0);
    }
}
