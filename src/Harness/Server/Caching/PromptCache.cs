using Gdn.Harness.Server.Scheduling;
using Gdn.Reference.Engines;

namespace Gdn.Harness.Server.Caching;

/// <summary>
/// Spares prompts the tokens whose state is known: from the slot itself, when the prompt goes on where the slot stands, or
/// from the longest checkpoint of any slot.
/// </summary>
/// <param name="engine">The engine.</param>
/// <param name="states">What may be used, and what is kept.</param>
/// <param name="capacity">Checkpoints kept; 0 for none.</param>
internal sealed class PromptCache(IModelEngine engine, StateHandling states, int capacity)
{
    private readonly CheckpointStore _store = new(capacity);

    /// <summary>Brings a free slot to the state from which a prompt is to be read on.</summary>
    /// <returns>Tokens of the prompt that need not be read.</returns>
    public int Prepare(Slot slot, CompletionRequest request)
    {
        int[] prompt = request.Prompt;
        int live = request.UseCache ? states.Spared(slot.Tokens, prompt) : 0;
        Checkpoint? best = request.UseCache ? _store.Best(checkpoint => states.Spared(checkpoint.Tokens, prompt)) : null;
        int spared = best is null ? 0 : states.Spared(best.Tokens, prompt);
        if (spared > live)
        {
            // As a new sequence: what the slot held last has no part in it.
            engine.Clear(slot.Id);
            engine.Restore(slot.Id, best!.State);
            spared = states.ResumeAt(spared);
        }
        else if (live > 0)
        {
            spared = live;
        }
        else
        {
            engine.Clear(slot.Id);
        }

        slot.Set(prompt.AsSpan(0, spared));
        return spared;
    }

    /// <summary>Takes a checkpoint of a slot if one is due after a pass.</summary>
    /// <param name="slot">The slot.</param>
    /// <param name="before">How many tokens it stood for before the pass.</param>
    /// <param name="mixed">Whether the pass took pieces of prompts and tokens of answers.</param>
    public void Update(Slot slot, int before, bool mixed)
    {
        CompletionRequest request = slot.Answer!.Request;
        if (capacity > 0 && request.UseCache && CheckpointGrid.IsDue(before, slot.Tokens.Length, request.Prompt.Length))
            _store.Add(slot.Tokens, states.Take(engine, slot.Id, mixed));
    }
}
