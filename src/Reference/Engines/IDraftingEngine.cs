using Gdn.Reference.Batches;

namespace Gdn.Reference.Engines;

/// <summary>
/// An engine that drafts with the multi-token-prediction layers of its model. Drafts are guesses: they change no state of any
/// sequence, and whatever is drafted, the next batch gives the same bits.
/// </summary>
public interface IDraftingEngine : IModelEngine
{
    /// <summary>Whether it can: it was made for it (<see cref="EngineOptions.Drafts"/>).</summary>
    bool CanDraft { get; }

    /// <summary>
    /// Goes one token further in each of some sequences than they hold, and tells what follows. The first time after a batch
    /// the token is the one that is chosen after the sequence's last; the next times, the one that was drafted last. Whatever
    /// changes a sequence forgets how far it was drafted.
    /// </summary>
    /// <param name="tokens">One token for each of the sequences, which exist and have room for it.</param>
    /// <param name="logits">Receives, for each of them, what the draft layers expect after it: <c>[tokens, V]</c>.</param>
    void Draft(ReadOnlySpan<DraftToken> tokens, Span<float> logits);
}
