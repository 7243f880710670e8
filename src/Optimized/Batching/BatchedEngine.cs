using Gdn.Reference;
using Gdn.Reference.Batches;
using Gdn.Reference.Engines;

namespace Gdn.Optimized.Batching;

/// <summary>
/// The batched engine, on any device: validates and decomposes batches, keeps slots, decides how a batch is run, reuses
/// compiled plans, and counts. A batch of several sequences runs as one pass, whatever their lengths and however their tokens
/// are interleaved; one sequence alone runs in place on its slot. Where the device cannot, batches are split per whole
/// sequence, and counted.
/// </summary>
/// <remarks>
/// A sequence's logits have the same bits whatever else is in its batches and whichever way they run; only how its own tokens
/// are cut into batches may show in the last digits, and not even that with a ring (<see cref="RingShape"/>). In the steady state a pass allocates nothing of its own. Freeing a slot
/// leaves its content, unless it is poisoned: a sequence that starts on it is reset by the pass. Not thread-safe.
/// </remarks>
public sealed class BatchedEngine : IDraftingEngine
{
    private readonly IDevice _device;
    private readonly DeviceTraits _traits;
    private readonly RoutingPolicy _policy;
    private readonly BatchLimits _limits;
    private readonly int _planes, _vocabulary;
    private readonly bool _poison;
    private readonly RingShape? _ring;
    private readonly SlotTable _slots;
    private readonly PlanCache _plans;
    private readonly Func<int, int> _nextPosition, _nextDraft;
    private readonly RunLayout _layout;
    private readonly RunSequence[] _sequences;
    private readonly int[] _outputRow;
    private EngineCounters _counters;

    /// <summary>Makes an engine without sequences.</summary>
    /// <param name="name">Name in reports.</param>
    /// <param name="options">Model, capacities and policies.</param>
    /// <param name="device">What it runs on, made with the same options; disposed with the engine.</param>
    /// <exception cref="InputException">It is to draft or to keep rings, but the device cannot.</exception>
    public BatchedEngine(string name, BatchedOptions options, IDevice device)
    {
        EngineOptions made = options.Engine;
        _device = device;
        _traits = device.Traits;
        _policy = options.Routing;
        _limits = made.Limits;
        _planes = made.Planes;
        _vocabulary = made.Model.Config.Vocabulary;
        _poison = options.PoisonFreeSlots;
        _ring = options.Ring;
        _slots = new SlotTable(made.Slots, made.Planes);
        _plans = new PlanCache(options.PlanCapacity, Compile, options.Routing.PlanKeys);
        _nextPosition = _slots.NextPosition;
        _nextDraft = sequence =>
            _slots.Map.Find(sequence) is int slot and >= 0 ? _slots.Position(slot) + _slots.Drafted(slot) : 0;
        CanDraft = made.Drafts;
        if (CanDraft && !_traits.Drafts)
            throw new InputException($"engine '{name}'", "its device runs no draft layers", "use drafts that need none");
        if (_ring is not null && !_traits.Rings)
            throw new InputException($"engine '{name}'", "its device keeps no rings", "use planes");
        _layout = new RunLayout(made.Slots + _policy.MaxPadding, options.MaxRunTokens);
        _sequences = new RunSequence[made.Slots];
        _outputRow = new int[made.MaxBatchTokens];
        BatchHandling uniform = _policy.DeclaresFallbacks ? BatchHandling.Split : BatchHandling.OnePass;
        Info = new EngineInfo(name, _vocabulary)
        {
            Capabilities = new EngineCapabilities
            {
                RaggedBatches = _traits.RunsRagged ? uniform : BatchHandling.Split,
                InterleavedBatches = uniform,
                UniformBatches = uniform,
                States = options.StateFormat,
                Caches = options.CacheFormat,
                PoisonsFreeSlots = _poison,
                IsCutInvariant = _ring is not null,
            },
        };
        for (int slot = 0; _poison && slot < made.Slots; slot++) _device.Fill(slot, float.NaN);
    }

    /// <inheritdoc/>
    public EngineInfo Info { get; }

    /// <inheritdoc/>
    public EngineCounters Counters => _counters with { PlanHits = _plans.Hits, PlanMisses = _plans.Misses };

    /// <inheritdoc/>
    public bool CanDraft { get; }

    /// <inheritdoc/>
    public int NextPosition(int sequence) => _slots.NextPosition(sequence);

    /// <summary>How many tokens of the sequence can be taken back; 0 for one that does not exist.</summary>
    public int RollbackLimit(int sequence) => SlotOf(sequence) is int slot and >= 0 ? _slots.RollbackLimit(slot) : 0;

    /// <inheritdoc/>
    public int SlotOf(int sequence) => sequence < 0 ? -1 : _slots.Map.Find(sequence);

    /// <inheritdoc/>
    /// <exception cref="InputException">The batch is refused; no state has changed.</exception>
    /// <exception cref="ArgumentException">logits has another length; no state has changed.</exception>
    public void Decode(TokenBatch batch, Span<float> logits)
    {
        BatchValidator.Check(batch, _limits, _nextPosition, _slots.Map.FreeCount);
        if (logits.Length != batch.OutputCount * _vocabulary)
            throw new ArgumentException(
                $"logits has {logits.Length} elements, expected [{batch.OutputCount}, {_vocabulary}].");

        int row = 0;
        for (int i = 0; i < batch.Count; i++) _outputRow[i] = batch.Tokens[i].Output ? row++ : -1;
        SequenceDecomposition decomposition = SequenceDecomposition.Of(batch);
        ReadOnlySpan<RunSequence> sequences = Seat(decomposition);
        bool splits = !_traits.RunsRagged && !decomposition.IsUniform;

        _device.Begin(batch.OutputCount);
        int passes = 0;
        for (int first = 0, end; first < sequences.Length; first = end)
        {
            end = first + 1;
            while (!splits && end < sequences.Length && !_policy.RunsApart(sequences[end - 1], sequences[end])) end++;
            Run(batch, decomposition, sequences[first..end]);
            passes++;
        }

        _device.Finish(logits);
        _counters = _counters.AfterBatch(decomposition, passes);
    }

    /// <inheritdoc/>
    /// <exception cref="InputException">A token is refused; nothing has been drafted.</exception>
    /// <exception cref="ArgumentException">logits has another length.</exception>
    /// <exception cref="InvalidOperationException">The engine was not made to draft.</exception>
    public void Draft(ReadOnlySpan<DraftToken> tokens, Span<float> logits)
    {
        if (!CanDraft) throw new InvalidOperationException("The engine was not made to draft.");
        BatchValidator.Check(tokens, _limits, _nextDraft);
        if (logits.Length != tokens.Length * _vocabulary)
            throw new ArgumentException($"logits has {logits.Length} elements, expected [{tokens.Length}, {_vocabulary}].");

        // One run takes those that are equally far ahead, which most of the time are all; the furthest first, since each run
        // takes its sequences one step on.
        int furthest = 0;
        foreach (DraftToken token in tokens) furthest = Math.Max(furthest, _slots.Drafted(_slots.Map.Find(token.Sequence)));
        for (int step = furthest; step >= 0; step--)
        {
            _layout.Clear();
            for (int i = 0; i < tokens.Length; i++)
            {
                (int sequence, int token) = tokens[i];
                int slot = _slots.Map.Find(sequence);
                if (_slots.Drafted(slot) != step) continue;
                int position = _slots.Position(slot) + step;
                _device.Reserve(slot, position + 1);
                (int hiddenSlot, int plane) = _policy.Hidden(slot, _slots.LivePlane[slot]);
                _layout.AddDraft(new RunSequence(sequence, slot, position, Count: 1), token, i, hiddenSlot * _planes + plane);
            }

            if (_layout.SequenceCount == 0) continue;
            _device.Draft(_layout, step, logits);
            foreach (RunSequence sequence in _layout.Sequences) _slots.Draft(sequence.Slot);
        }
    }

    /// <inheritdoc/>
    public void Clear(int sequence)
    {
        int slot = _slots.Map.Remove(sequence);
        if (slot >= 0 && _poison) _device.Fill(slot, float.NaN);
    }

    /// <inheritdoc/>
    /// <exception cref="InputException">The source does not exist, or there is no slot for the target.</exception>
    public void Copy(int source, int target)
    {
        int from = _slots.SlotOfExisting(source), to = _slots.Map.FindOrAdd(target);
        if (from == to)
        {
            _slots.ForbidRollback(from);
            return;
        }

        _device.Copy(from, _slots.LivePlane[from], to, _slots.Position(from));
        _slots.Set(to, _slots.Position(from));
    }

    /// <inheritdoc/>
    /// <exception cref="InputException">The sequence does not exist.</exception>
    public IStateSnapshot Snapshot(int sequence)
    {
        int slot = _slots.SlotOfExisting(sequence);
        return _device.Export(slot, _slots.LivePlane[slot], _slots.Position(slot));
    }

    /// <inheritdoc/>
    /// <exception cref="InputException">The snapshot does not fit, or there is no slot for the sequence.</exception>
    public void Restore(int sequence, IStateSnapshot snapshot)
    {
        if (snapshot is not SlotSnapshot state || !_device.Fits(state))
            throw new InputException(
                "snapshot", "it was taken from a model of another shape", "restore it to an engine of the same model");
        if (state.NextPosition > _limits.MaxPositions)
            throw new InputException(
                "snapshot", $"it contains {state.NextPosition} tokens, more than the capacity of {_limits.MaxPositions}",
                "restore it to an engine for longer sequences");
        int slot = _slots.Map.FindOrAdd(sequence);
        _device.Import(slot, _policy.Restored(state, () => _device.Export(slot, _slots.LivePlane[slot], positions: 0)));
        _slots.Set(slot, state.NextPosition);
    }

    /// <inheritdoc/>
    /// <exception cref="InputException">The sequence does not exist, or its last batch does not allow as many.</exception>
    public void Rollback(int sequence, int count) => _slots.Rollback(_slots.SlotOfExisting(sequence), count);

    /// <inheritdoc/>
    public void Dispose() => _device.Dispose();

    private BatchPlan Compile(PlanSignature signature)
    {
        var plan = new BatchPlan(signature, _planes);
        _policy.Compile(plan);
        return plan;
    }

    // Gives every sequence of the batch its slot; slots ascending, so that the same sequences make the same plan in whatever
    // order they come.
    private ReadOnlySpan<RunSequence> Seat(SequenceDecomposition decomposition)
    {
        ReadOnlySpan<SequenceSlice> slices = decomposition.Slices;
        Span<RunSequence> sequences = _sequences.AsSpan(0, slices.Length);
        for (int s = 0; s < slices.Length; s++)
        {
            SequenceSlice slice = slices[s];
            bool isNew = _slots.Map.Find(slice.Sequence) < 0;
            int slot = _slots.Map.FindOrAdd(slice.Sequence);
            if (slice.Resets) _slots.Set(slot, 0);
            sequences[s] = new RunSequence(slice.Sequence, slot, slice.FirstPosition, slice.Count)
            {
                IsNew = isNew,
                OrderStart = slice.Start,
            };
        }

        sequences.Sort(static (a, b) => a.Slot.CompareTo(b.Slot));
        return sequences;
    }

    private void Run(TokenBatch batch, SequenceDecomposition decomposition, ReadOnlySpan<RunSequence> sequences)
    {
        _layout.Set(batch, decomposition.Order, _outputRow, sequences);
        Pad(sequences);
        _layout.Route(_policy, _slots, _planes, _ring);
        foreach (RunSequence sequence in _layout.Sequences)
            _device.Reserve(sequence.Slot, sequence.FirstPosition + sequence.Count);

        if (_layout.SequenceCount == 1 && _traits.RunsInPlace && _policy.RunsInPlace)
        {
            SequenceRoute route = _layout.Routes[0];
            if (route.Resets) _device.Zero(route.Slot);
            _device.Run(_layout, plan: null);
            _counters = _counters with { InPlaceRuns = _counters.InPlaceRuns + 1 };
        }
        else
        {
            _device.Run(_layout, _plans.Get(_layout.Signature));
            _counters = _counters with { BatchedRuns = _counters.BatchedRuns + 1 };
        }

        foreach (RunSequence sequence in sequences) _slots.Advance(sequence.Slot, sequence.Count);
        _policy.Ran(_layout.Sequences);
    }

    private void Pad(ReadOnlySpan<RunSequence> sequences)
    {
        if (_policy.MaxPadding == 0) return;
        int longest = 0;
        foreach (RunSequence sequence in sequences) longest = Math.Max(longest, sequence.Count);
        int padded = Math.Min(_policy.PaddedSequences(sequences.Length, longest), sequences.Length + _policy.MaxPadding);
        while (_layout.SequenceCount < padded) _layout.Pad(_slots.Map.Count);
    }
}
