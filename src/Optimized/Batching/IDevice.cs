namespace Gdn.Optimized.Batching;

/// <summary>
/// What a <see cref="BatchedEngine"/> runs on: it owns the weights and the memory of every slot, and runs passes. It decides
/// nothing: which sequence is on which slot, which rows a pass reads and writes, and when a plan may be used again, is the
/// engine's affair. Not thread-safe.
/// </summary>
/// <remarks>
/// A slot has P planes of recurrent state for each linear layer and a KV cache for each attention layer, and both for each draft
/// layer where it was made to draft. Row
/// <c>slot * P + plane</c> of a layer is the state as it was <c>plane</c> tokens before the end of the slot's last pass.
/// </remarks>
public interface IDevice : IDisposable
{
    /// <summary>What its passes take.</summary>
    DeviceTraits Traits { get; }

    /// <summary>Begins a batch of one or more passes.</summary>
    /// <param name="outputs">Rows of logits that it returns.</param>
    void Begin(int outputs);

    /// <summary>
    /// Runs all tokens of a layout through the trunk and keeps the last hidden states of those that logits are wanted for.
    /// </summary>
    /// <param name="layout">The tokens; buffers that are filled anew for the next pass.</param>
    /// <param name="plan">
    /// Where their recurrent state is read and written; null for one sequence in place, whose only route says where.
    /// </param>
    void Run(RunLayout layout, BatchPlan? plan);

    /// <summary>Ends the batch: output norm and projection of all rows kept.</summary>
    /// <param name="logits">Receives <c>[outputs, V]</c>.</param>
    void Finish(Span<float> logits);

    /// <summary>Goes one token further with the draft layers than the trunk went.</summary>
    /// <param name="layout">One token for each of some sequences; the output row of each says which logits are its own.</param>
    /// <param name="step">How many tokens ahead of the trunk they are already.</param>
    /// <param name="logits">Receives what follows in the output row of each: <c>[rows, V]</c>.</param>
    void Draft(RunLayout layout, int step, Span<float> logits) => throw new NotSupportedException("It runs no draft layers.");

    /// <summary>Makes room in a slot's KV caches for a sequence of that many tokens, keeping those it holds.</summary>
    void Reserve(int slot, int positions);

    /// <summary>Sets plane 0 of a slot's recurrent state to zero.</summary>
    void Zero(int slot);

    /// <summary>Sets everything that a slot holds, every plane and the KV caches.</summary>
    void Fill(int slot, float value);

    /// <summary>Sets plane 0 and the KV caches of a slot to those of another.</summary>
    /// <param name="source">Slot to read.</param>
    /// <param name="plane">Its plane to read.</param>
    /// <param name="target">Another slot.</param>
    /// <param name="positions">Tokens in the source's KV caches.</param>
    void Copy(int source, int plane, int target, int positions);

    /// <summary>A copy of a slot's plane and KV caches.</summary>
    SlotSnapshot Export(int slot, int plane, int positions);

    /// <summary>Whether a snapshot is of this model's shape.</summary>
    bool Fits(SlotSnapshot snapshot);

    /// <summary>Sets plane 0 and the KV caches of a slot to a snapshot that fits.</summary>
    void Import(int slot, SlotSnapshot snapshot);
}
