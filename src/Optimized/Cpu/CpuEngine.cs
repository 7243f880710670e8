using Gdn.Optimized.Batching;
using Gdn.Optimized.Cpu.Kernels;
using Gdn.Optimized.Cpu.Layers;
using Gdn.Optimized.Cpu.Routing;
using Gdn.Optimized.Cpu.Threading;
using Gdn.Optimized.State;
using Gdn.Reference;
using Gdn.Reference.Batches;
using Gdn.Reference.Models;
using Gdn.Reference.State;

namespace Gdn.Optimized.Cpu;

/// <summary>
/// The batched engine on the CPU, in single precision. A batch of several sequences of equal length runs as one: their
/// states are gathered, every kernel takes all tokens at once, the new states are scattered. One sequence alone runs in
/// place on its slot. Interleaved or ragged batches are split per whole sequence, in place each.
/// </summary>
/// <remarks>
/// A sequence's logits have the same bits whatever else is in its batches and whichever way they run; only how its own
/// tokens are cut into batches shows in the last digits, since the delta rule takes them in blocks. In the steady state a
/// pass allocates nothing of its own. Not thread-safe.
/// </remarks>
public sealed class CpuEngine : IDisposable
{
    private readonly ModelConfig _config;
    private readonly ModelWeights<float> _weights;
    private readonly Linear _embedding, _output;
    private readonly float _epsilon;
    private readonly BatchLimits _limits;
    private readonly StatePool _pool;
    private readonly PlanCache _plans;
    private readonly Func<int, int> _nextPosition;
    private readonly (IBlock Mixer, IBlock FeedForward)[] _blocks;

    private readonly WorkerPool _workers;
    private readonly RunLayout _layout;
    private readonly InPlaceRoute _inPlace;
    private readonly GatheredRoute _gathered;
    private readonly RotaryTable _rotary;
    private readonly Scratch _batchScratch = new(), _runScratch = new(), _blockScratch = new();
    private readonly int[] _outputRow;
    private long _batches, _tokens, _batchedRuns, _inPlaceRuns, _splitBatches;

    /// <summary>Makes an engine without sequences.</summary>
    /// <param name="config">Sizes of the model.</param>
    /// <param name="weights">Its weights; not copied.</param>
    /// <param name="options">Capacities.</param>
    /// <exception cref="InputException">A gated attention's values and queries differ in length, or heads of linear layers are
    /// too large.</exception>
    public CpuEngine(ModelConfig config, ModelWeights<float> weights, CpuEngineOptions options)
    {
        AttentionConfig attention = config.Attention;
        if (attention.Gated && attention.ValueDim != attention.KeyDim)
            throw new InputException(
                "model", $"gated attention has values of {attention.ValueDim} but gates of {attention.KeyDim} entries",
                "use a model where they agree");
        if (config.DeltaNet is { HeadDim: > DeltaScan.MaxKeyDim } linear)
            throw new InputException(
                "model", $"heads of linear layers have {linear.HeadDim} entries",
                $"use a model with at most {DeltaScan.MaxKeyDim}");
        _config = config;
        _weights = weights;
        _embedding = Linear.Of(weights.TokenEmbedding);
        _output = Linear.Of(weights.Output);
        _epsilon = (float)config.NormEpsilon;
        _limits = new BatchLimits(
            config.Vocabulary, options.MaxSequences, options.MaxBatchTokens, options.MaxPositions);
        _pool = new StatePool(
            config, options.MaxSequences, options.SnapshotPlanes, options.MaxPositions, options.PoisonFreeSlots,
            options.StateFormat, options.Devices);
        _plans = new PlanCache(options.PlanCapacity, options.PlanKeys);
        _nextPosition = _pool.Slots.NextPosition;
        _blocks = Blocks();

        _workers = new WorkerPool(options.Threads);
        _layout = new RunLayout(options.MaxSequences, options.MaxBatchTokens);
        _inPlace = new InPlaceRoute(_pool, options.MaxBatchTokens);
        _gathered = new GatheredRoute(_pool);
        _rotary = new RotaryTable(attention.Rope);
        _outputRow = new int[options.MaxBatchTokens];
    }

    /// <summary>What has happened so far.</summary>
    public RunCounters Counters =>
        new(
            _batches, _tokens, _batchedRuns, _inPlaceRuns, _splitBatches, _plans.Hits, _plans.Misses,
            _gathered.RowsGathered, _gathered.MasksApplied, _gathered.RowsScattered, _gathered.BytesCopied);

    /// <summary>The position of the sequence's next token; 0 for one that does not exist.</summary>
    public int NextPosition(int sequence) => _pool.Slots.NextPosition(sequence);

    /// <summary>How many tokens of the sequence can be taken back; 0 for one that does not exist.</summary>
    public int RollbackLimit(int sequence) => SlotOf(sequence) is int slot and >= 0 ? _pool.Slots.RollbackLimit(slot) : 0;

    /// <summary>The slot that the sequence occupies, or -1.</summary>
    public int SlotOf(int sequence) => sequence < 0 ? -1 : _pool.Slots.Map.Find(sequence);

    /// <summary>Runs one batch.</summary>
    /// <param name="batch">The tokens; positions continue each sequence without a gap, or start it afresh at 0.</param>
    /// <param name="logits">Receives <c>[batch.OutputCount, V]</c>, rows in batch order.</param>
    /// <exception cref="InputException">The batch is refused; no state has changed.</exception>
    /// <exception cref="ArgumentException">logits has another length; no state has changed.</exception>
    public void Decode(TokenBatch batch, Span<float> logits)
    {
        BatchValidator.Check(batch, _limits, _nextPosition, _pool.Slots.Map.FreeCount);
        if (logits.Length != batch.OutputCount * _config.Vocabulary)
            throw new ArgumentException(
                $"logits has {logits.Length} elements, expected [{batch.OutputCount}, {_config.Vocabulary}].");

        int row = 0;
        for (int i = 0; i < batch.Count; i++) _outputRow[i] = batch.Tokens[i].Output ? row++ : -1;
        _batchScratch.Release();
        Span<float> outputs = _batchScratch.Take(batch.OutputCount * _config.Embedding);

        SequenceDecomposition decomposition = SequenceDecomposition.Of(batch);
        ReadOnlySpan<SequenceSlice> slices = decomposition.Slices;
        foreach (SequenceSlice slice in slices) _pool.Slots.Map.FindOrAdd(slice.Sequence);
        if (slices.Length > 1 && !decomposition.NeedsSplit)
        {
            RunBatched(batch, decomposition, slices, outputs);
        }
        else
        {
            for (int s = 0; s < slices.Length; s++)
            {
                // States in 16 bits have to be widened first.
                if (_pool.Format == StateFormat.F32) RunInPlace(batch, decomposition, slices.Slice(s, 1), outputs);
                else RunBatched(batch, decomposition, slices.Slice(s, 1), outputs);
            }

            if (decomposition.NeedsSplit) _splitBatches++;
        }

        RmsNorm.Run(outputs, _weights.OutputNorm, _epsilon, outputs);
        _output.Run(outputs, logits, _workers);
        _batches++;
        _tokens += batch.Count;
    }

    /// <summary>Forgets the sequence and frees its slot; nothing happens if it does not exist.</summary>
    public void Clear(int sequence) => _pool.Free(sequence);

    /// <summary>
    /// Makes <paramref name="target"/> an independent copy of <paramref name="source"/>; the copy has nothing to roll back
    /// until its next batch.
    /// </summary>
    /// <exception cref="InputException">The source does not exist, or there is no slot for the target.</exception>
    public void Copy(int source, int target) =>
        _pool.Copy(_pool.Slots.SlotOfExisting(source), _pool.Slots.Map.FindOrAdd(target));

    /// <summary>A copy of the sequence's whole state.</summary>
    /// <exception cref="InputException">The sequence does not exist.</exception>
    public SlotSnapshot Snapshot(int sequence) => _pool.Export(_pool.Slots.SlotOfExisting(sequence));

    /// <summary>Sets the sequence, existing or not, to a snapshot; there is nothing to roll back until its next batch.</summary>
    /// <exception cref="InputException">The snapshot does not fit, or there is no slot for the sequence.</exception>
    public void Restore(int sequence, SlotSnapshot snapshot)
    {
        _pool.Check(snapshot);
        _pool.Import(_pool.Slots.Map.FindOrAdd(sequence), snapshot);
    }

    /// <summary>Takes back the last <paramref name="count"/> tokens of the sequence.</summary>
    /// <exception cref="InputException">The sequence does not exist, or its last batch does not allow as many.</exception>
    public void Rollback(int sequence, int count) =>
        _pool.Slots.Rollback(_pool.Slots.SlotOfExisting(sequence), count);

    /// <summary>Ends the engine's threads.</summary>
    public void Dispose() => _workers.Dispose();

    private void RunInPlace(
        TokenBatch batch, SequenceDecomposition decomposition, ReadOnlySpan<SequenceSlice> slice, Span<float> outputs)
    {
        _layout.Set(decomposition, slice, _pool.Slots.Map);
        int slot = _layout.Sequences[0].Slot;
        if (slice[0].Resets) _pool.Zero(slot);
        _inPlace.Set(slot, slice[0].Count);
        Run(batch, _inPlace, outputs);
        _inPlaceRuns++;
    }

    private void RunBatched(
        TokenBatch batch, SequenceDecomposition decomposition, ReadOnlySpan<SequenceSlice> slices, Span<float> outputs)
    {
        _layout.Set(decomposition, slices, _pool.Slots.Map);
        foreach (RunSequence sequence in _layout.Sequences)
            if (sequence.FirstPosition == 0) _pool.Slots.Set(sequence.Slot, 0);
        _gathered.Plan = _plans.Get(_layout.Signature(_pool.Slots.LivePlane, _pool.Planes));
        Run(batch, _gathered, outputs);
        _batchedRuns++;
    }

    // One pass over the tokens of the layout; leaves the hidden states that logits are wanted for in outputs.
    private void Run(TokenBatch batch, IStateRoute route, Span<float> outputs)
    {
        int tokens = _layout.TokenCount, embedding = _config.Embedding;
        _runScratch.Release();
        Span<float> hidden = _runScratch.Take(tokens * embedding), normalised = _runScratch.Take(tokens * embedding);
        Span<float> change = _runScratch.Take(tokens * embedding);
        Begin(batch, hidden);

        var run = new RunContext(_layout, route, _rotary, _blockScratch, _workers);
        for (int layer = 0; layer < _blocks.Length; layer++)
        {
            Add(_blocks[layer].Mixer, _weights.Layers[layer].MixerNorm, run, hidden, normalised, change);
            Add(_blocks[layer].FeedForward, _weights.Layers[layer].FeedForwardNorm, run, hidden, normalised, change);
        }

        foreach (RunSequence sequence in _layout.Sequences)
            _pool.Slots.Advance(sequence.Slot, _layout.TokensPerSequence);
        for (int t = 0; t < tokens; t++)
            if (_outputRow[_layout.BatchIndex[t]] is int row and >= 0)
                hidden.Slice(t * embedding, embedding).CopyTo(outputs[(row * embedding)..]);
    }

    // Looks up embeddings and positions, and makes room in the caches.
    private void Begin(TokenBatch batch, Span<float> hidden)
    {
        int embedding = _config.Embedding;
        _rotary.Reserve(_layout.TokenCount);
        for (int t = 0; t < _layout.TokenCount; t++)
        {
            BatchToken token = batch.Tokens[_layout.BatchIndex[t]];
            _embedding.CopyRow(token.Token, hidden.Slice(t * embedding, embedding));
            _rotary.Set(t, token.Position);
        }

        foreach (RunSequence sequence in _layout.Sequences)
            _pool.Reserve(sequence.Slot, sequence.FirstPosition + _layout.TokensPerSequence);
    }

    // hidden <- hidden + block( RMSNorm(hidden) )
    private void Add(
        IBlock block, ReadOnlySpan<float> norm, in RunContext run, Span<float> hidden, Span<float> normalised,
        Span<float> change)
    {
        _blockScratch.Release();
        RmsNorm.Run(hidden, norm, _epsilon, normalised);
        block.Run(run, normalised, change);
        Elementwise.Add(hidden, change);
    }

    private (IBlock, IBlock)[] Blocks()
    {
        var blocks = new (IBlock, IBlock)[_config.Layers];
        int recurrent = 0, attention = 0;
        for (int layer = 0; layer < blocks.Length; layer++)
        {
            LayerWeights<float> weights = _weights.Layers[layer];
            IBlock mixer = weights.Mixer switch
            {
                DeltaNetWeights<float> linear => new DeltaNetBlock(
                    _config.DeltaNet!, linear, _epsilon, recurrent++, _pool.Shares),
                AttentionWeights<float> full => new AttentionBlock(
                    _config.Attention, full, _epsilon, _pool.Attention(attention++)),
                _ => throw new InvalidOperationException($"Unknown mixer {weights.Mixer.GetType()}."),
            };
            IBlock feedForward = weights.FeedForward switch
            {
                DenseWeights<float> dense => new DenseBlock(dense),
                ExpertWeights<float> moe => new ExpertBlock(_config.Experts!, moe, _limits.MaxBatchTokens),
                _ => throw new InvalidOperationException($"Unknown feed-forward {weights.FeedForward.GetType()}."),
            };
            blocks[layer] = (mixer, feedForward);
        }

        return blocks;
    }
}
