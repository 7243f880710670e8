using Gdn.Reference;
using Gdn.Reference.Batches;
using Gdn.Reference.Engines;

namespace Gdn.Harness.Engines.Llama;

/// <summary>
/// A context of libllama as an engine. Sequences get the library's numbers here, lowest free one first; everything else is the
/// library's: positions are where it says they are, and what is wrong with a batch is for it to see.
/// </summary>
internal sealed class LlamaModelEngine : IModelEngine
{
    private sealed record StateSnapshot(byte[] State, int NextPosition) : IStateSnapshot;

    private const int NoRoom = 1, Invalid = -1, All = -1;

    private readonly ILlamaContext _context;
    private readonly Action _release;
    private readonly LlamaContextSizes _sizes;
    private SlotMap _slots;

    /// <summary>Takes an empty context.</summary>
    /// <param name="info">What is said of the engine.</param>
    /// <param name="context">The context, or one with a fault before it.</param>
    /// <param name="sizes">What it was made for.</param>
    /// <param name="release">Gives it back.</param>
    public LlamaModelEngine(EngineInfo info, ILlamaContext context, LlamaContextSizes sizes, Action release)
    {
        (Info, _context, _sizes, _release) = (info, context, sizes, release);
        _slots = new SlotMap(sizes.Slots);
    }

    /// <inheritdoc/>
    public EngineInfo Info { get; }

    /// <inheritdoc/>
    public EngineCounters Counters { get; private set; }

    /// <inheritdoc/>
    public void Decode(TokenBatch batch, Span<float> logits)
    {
        if (batch.Count > _sizes.BatchTokens)
            throw new InputException(
                "batch", $"it contains {batch.Count} tokens, more than n_batch = {_sizes.BatchTokens}", "split it");
        SlotMap slots = SlotsOf(batch, out bool restarts);
        // What has to be removed for it would be lost, should the library refuse the batch then.
        if (restarts)
        {
            BatchValidator.Check(
                batch, new BatchLimits(Info.Vocabulary, _sizes.Slots, _sizes.BatchTokens, _sizes.Positions), NextPosition,
                _slots.FreeCount);
            foreach (BatchToken token in batch.Tokens)
                if (token.Position == 0 && _slots.Find(token.Sequence) >= 0) Remove(token.Sequence);
        }

        var tokens = new BatchToken[batch.Count];
        for (int i = 0; i < tokens.Length; i++)
            tokens[i] = batch.Tokens[i] with { Sequence = slots.Find(batch.Tokens[i].Sequence) };
        Check(_context.Decode(tokens));
        _slots = slots;
        Counters = Counters with { Batches = Counters.Batches + 1, Tokens = Counters.Tokens + batch.Count };
        ReadRows(batch, logits);
    }

    /// <inheritdoc/>
    public int NextPosition(int sequence) => _slots.Find(sequence) is >= 0 and var slot ? _context.NextPosition(slot) : 0;

    /// <inheritdoc/>
    public int SlotOf(int sequence) => _slots.Find(sequence);

    /// <inheritdoc/>
    public void Clear(int sequence)
    {
        if (_slots.Find(sequence) < 0) return;
        Remove(sequence);
        _slots.Remove(sequence);
    }

    /// <inheritdoc/>
    public void Copy(int source, int target)
    {
        int from = Existing(source);
        if (source == target) return;
        int to = _slots.FindOrAdd(target);
        // The attention layers' copy is added to what the target holds.
        if (!_context.Remove(to, All)) throw Failed($"llama_memory_seq_rm of all of sequence {to}");
        _context.Copy(from, to);
    }

    /// <inheritdoc/>
    public IStateSnapshot Snapshot(int sequence)
    {
        byte[] state = _context.Save(Existing(sequence));
        return state.Length > 0 ? new StateSnapshot(state, NextPosition(sequence)) : throw Failed("llama_state_seq_get_data");
    }

    /// <inheritdoc/>
    public void Restore(int sequence, IStateSnapshot snapshot)
    {
        if (!_context.Load(_slots.FindOrAdd(sequence), ((StateSnapshot)snapshot).State))
            throw Failed("llama_state_seq_set_data");
    }

    /// <inheritdoc/>
    public void Rollback(int sequence, int count)
    {
        int slot = Existing(sequence);
        if (!_context.Remove(slot, _context.NextPosition(slot) - count))
            throw Failed($"llama_memory_seq_rm of the last {count} tokens of sequence {slot}");
    }

    /// <inheritdoc/>
    public void Dispose() => _release();

    private SlotMap SlotsOf(TokenBatch batch, out bool restarts)
    {
        restarts = false;
        SlotMap slots = _slots.Clone();
        foreach (BatchToken token in batch.Tokens)
        {
            restarts |= token.Position == 0 && _slots.Find(token.Sequence) >= 0;
            slots.FindOrAdd(token.Sequence);
        }

        return slots;
    }

    private void ReadRows(TokenBatch batch, Span<float> logits)
    {
        int row = 0;
        for (int i = 0; i < batch.Count; i++)
        {
            if (!batch.Tokens[i].Output) continue;
            _context.Row(i).CopyTo(logits[(row * Info.Vocabulary)..]);
            row++;
        }
    }

    private void Remove(int sequence)
    {
        int slot = _slots.Find(sequence);
        if (!_context.Remove(slot, All)) throw Failed($"llama_memory_seq_rm of all of sequence {slot}");
    }

    private int Existing(int sequence) => _slots.Find(sequence) is >= 0 and var slot
        ? slot
        : throw new InputException($"sequence {sequence}", "it does not exist", "decode its first token");

    private static void Check(int status)
    {
        if (status == 0) return;
        if (status == Invalid)
            throw new InputException("batch", LlamaLog.Reason() ?? "llama_decode returned -1", "the library refuses it");
        throw Failed(
            status == NoRoom
                ? "llama_decode found no room in the KV cache"
                : FormattableString.Invariant($"llama_decode returned {status}"));
    }

    private static InvalidOperationException Failed(string what) =>
        new(LlamaLog.Reason() is { } reason ? $"{what}: {reason}" : $"{what} failed");
}
