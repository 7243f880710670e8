using Gdn.Harness.Server.Generation;
using Gdn.Reference.Engines;

namespace Gdn.Harness.Server.Caching;

/// <summary>
/// Spares prompts the tokens whose state is known: from the slot itself, when the prompt continues what the slot holds, or
/// from the longest checkpoint of any slot.
/// </summary>
/// <param name="engine">The engine.</param>
/// <param name="states">What may be used, and what is kept.</param>
/// <param name="capacity">Checkpoints kept; 0 for none.</param>
internal sealed class PromptCache(IModelEngine engine, StateHandling states, int capacity)
{
    private readonly CheckpointStore _store = new(capacity);

    /// <summary>Brings the sequence of a free slot to the state from which a prompt is to be read on.</summary>
    /// <param name="sequence">The sequence.</param>
    /// <param name="tokens">What its state stands for until now.</param>
    /// <param name="request">The request.</param>
    /// <returns>How many tokens of the prompt need not be read: those that the state now stands for.</returns>
    public int Prepare(int sequence, ReadOnlySpan<int> tokens, GenerationRequest request)
    {
        int[] prompt = request.Prompt;
        int live = request.UseCache ? states.Spared(tokens, prompt) : 0;
        Checkpoint? best = Best(request);
        int spared = best is null ? 0 : states.Spared(best.Tokens, prompt);
        if (spared > live)
        {
            Restore(sequence, best!);
            return states.ResumeAt(spared);
        }

        if (live == 0) engine.Clear(sequence);
        return live;
    }

    /// <summary>
    /// Brings a sequence to the longest checkpoint of a prompt, if there is one, whatever it is doing. Nobody who is right
    /// wants that.
    /// </summary>
    public void Load(int sequence, GenerationRequest request)
    {
        if (Best(request) is { } best) Restore(sequence, best);
    }

    /// <summary>Takes a checkpoint of a sequence if one is due after a pass.</summary>
    /// <param name="sequence">The sequence.</param>
    /// <param name="tokens">What its state stands for.</param>
    /// <param name="request">The request that it answers.</param>
    /// <param name="before">How many tokens its state stood for before the pass.</param>
    /// <param name="mixed">Whether the pass took pieces of prompts and tokens of answers.</param>
    public void Update(int sequence, ReadOnlySpan<int> tokens, GenerationRequest request, int before, bool mixed)
    {
        if (capacity > 0 && request.UseCache && CheckpointGrid.IsDue(before, tokens.Length, request.Prompt.Length))
            _store.Add(tokens, states.Take(engine, sequence, mixed));
    }

    private Checkpoint? Best(GenerationRequest request) => request.UseCache
        ? _store.Best(checkpoint => states.Spared(checkpoint.Tokens, request.Prompt))
        : null;

    // As a new sequence: what the slot held last has no part in it.
    private void Restore(int sequence, Checkpoint checkpoint)
    {
        engine.Clear(sequence);
        engine.Restore(sequence, checkpoint.State);
    }
}
