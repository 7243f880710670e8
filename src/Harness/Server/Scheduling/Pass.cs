using Gdn.Harness.Server.Caching;
using Gdn.Harness.Server.Generation;
using Gdn.Reference.Batches;
using Gdn.Reference.Engines;

namespace Gdn.Harness.Server.Scheduling;

/// <summary>Runs a pass: one batch of the engine, then for each slot the tokens that follow from its logits.</summary>
/// <param name="engine">The engine.</param>
/// <param name="cache">Takes checkpoints.</param>
/// <param name="states">What happens to states in between.</param>
/// <param name="jitter">Noise on the logits.</param>
/// <param name="contextTokens">How long a sequence may grow.</param>
internal sealed class Pass(
    IModelEngine engine, PromptCache cache, StateHandling states, LogitJitter jitter, int contextTokens)
{
    private float[] _logits = [];

    /// <summary>Runs it.</summary>
    public void Run(IReadOnlyList<Piece> pieces)
    {
        states.BeforePass(engine, [.. pieces.Select(piece => piece.Slot.Id)]);
        Decode(pieces);
        if (states.CountsAsNotRun()) return;

        bool mixed = pieces.Any(piece => piece.Slot.IsDecoding) && pieces.Any(piece => piece.Slot.IsPrefilling);
        int vocabulary = engine.Info.Vocabulary;
        ReadOnlySpan<float> logits = _logits;
        foreach (Piece piece in pieces)
        {
            int before = piece.Slot.Tokens.Length;
            ReadOnlySpan<float> rows = logits[..(piece.Outputs * vocabulary)];
            logits = logits[rows.Length..];
            if (piece.Slot.IsDecoding) Verify(piece, rows);
            else Read(piece, rows);
            cache.Update(piece.Slot.Id, piece.Slot.Tokens, piece.Slot.Answer!.Request, before, mixed);
        }
    }

    private void Decode(IReadOnlyList<Piece> pieces)
    {
        var tokens = new List<BatchToken>();
        foreach ((Slot slot, int[] added, int outputs) in pieces)
        {
            // The engine's own count: it differs from the server's only under a fault.
            int position = engine.NextPosition(slot.Id), silent = added.Length - outputs;
            for (int i = 0; i < added.Length; i++)
                tokens.Add(new BatchToken(added[i], slot.Id, position + i, Output: i >= silent));
        }

        var batch = new TokenBatch(tokens);
        int vocabulary = engine.Info.Vocabulary, length = batch.OutputCount * vocabulary;
        if (_logits.Length < length) _logits = new float[length];
        engine.Decode(batch, _logits.AsSpan(0, length));

        int row = 0;
        foreach (BatchToken token in batch.Tokens)
            if (token.Output)
                jitter.Add(_logits.AsSpan(row * vocabulary, vocabulary), batch.Count, row++, token.Position);
    }

    // A piece of a prompt; the last one has logits, and with them the answer begins.
    private void Read(Piece piece, ReadOnlySpan<float> rows)
    {
        piece.Slot.Append(piece.Tokens);
        if (piece.Outputs > 0) Choose(piece.Slot, rows);
    }

    // A token of the answer and its drafts: those are accepted that are what would have been chosen.
    private void Verify(Piece piece, ReadOnlySpan<float> rows)
    {
        Slot slot = piece.Slot;
        int vocabulary = engine.Info.Vocabulary, accepted = 0;
        slot.Answer!.Drafted += piece.Drafts.Length;
        while (true)
        {
            slot.Append(piece.Tokens.AsSpan(accepted, 1));
            Choose(slot, rows.Slice(accepted * vocabulary, vocabulary));
            if (slot.Answer.Reason is not null || accepted == piece.Drafts.Length) break;
            if (piece.Drafts[accepted] != slot.Pending) break;
            accepted++;
            slot.Answer.Accepted++;
        }

        int rejected = piece.Drafts.Length - accepted;
        if (rejected == 0) return;
        states.BeforeRollback(engine, slot.Id);
        engine.Rollback(slot.Id, rejected);
    }

    private void Choose(Slot slot, ReadOnlySpan<float> row) =>
        slot.Pending = slot.Answer!.Add(row, hasRoom: slot.Tokens.Length < contextTokens);
}
