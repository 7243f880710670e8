using Gdn.Reference;
using Gdn.Reference.Batches;
using Gdn.Reference.Engines;
using Gdn.Reference.Models;
using Gdn.Reference.Operators;
using Gdn.Reference.State;

namespace Gdn.Harness.Faults.Seamed;

/// <summary>
/// An engine that is run the way real engines are, written to be read: ubatches, a pool of state rows with planes, a scan with
/// three paths, states that are kept and given back. As it stands it is right; its <see cref="Parts"/> are the seams at which
/// real ones went wrong. How tokens are routed to states, and when plans are reused, is not among them: that is the batched
/// engine's part (<see cref="Gdn.Optimized.Batching.RoutingPolicy"/>). Speed does not matter here.
/// </summary>
internal sealed class SeamedEngine : IModelEngine
{
    private readonly ModelConfig _config;
    private readonly ModelWeights<float> _weights;
    private readonly float _epsilon;
    private readonly BatchLimits _limits;
    private readonly Parts _parts;
    private readonly UbatchCutter _cutter;
    private readonly DeltaNetPass? _deltaNet;
    private readonly Dictionary<int, Tenant> _tenants = [];

    /// <summary>Makes an engine without sequences.</summary>
    public SeamedEngine(string name, EngineOptions options, StateFormat states, Parts parts)
    {
        _config = options.Model.Config;
        _weights = options.Model.Weights;
        _epsilon = (float)_config.NormEpsilon;
        _limits = options.Limits;
        _parts = parts;
        Pool = new StatePool(_config, options.Slots, options.Planes, parts.States);
        _cutter = new UbatchCutter(Pool);
        _deltaNet = _config.DeltaNet is null ? null : new DeltaNetPass(_config, Pool, parts);
        Info = new EngineInfo(name, _config.Vocabulary) { Capabilities = new EngineCapabilities { States = states } };
    }

    /// <inheritdoc/>
    public EngineInfo Info { get; }

    /// <inheritdoc/>
    public EngineCounters Counters { get; private set; }

    /// <summary>Recurrent state.</summary>
    public StatePool Pool { get; }

    /// <summary>Sizes of the model.</summary>
    public ModelConfig Config => _config;

    /// <summary>Living sequences.</summary>
    public IReadOnlyCollection<Tenant> Tenants => _tenants.Values;

    /// <inheritdoc/>
    public void Decode(TokenBatch batch, Span<float> logits)
    {
        BatchValidator.Check(batch, _limits, NextPosition, Pool.Slots - _tenants.Count);
        SequenceDecomposition decomposition = SequenceDecomposition.Of(batch);
        ReadOnlySpan<SequenceSlice> slices = decomposition.Slices;
        var members = new List<Tenant>();
        foreach (SequenceSlice slice in slices)
        {
            Tenant tenant = TenantOf(slice.Sequence);
            if (slice.Resets) tenant.Truncate(tenant.Position);
            members.Add(tenant);
        }

        _parts.States.BeforeBatch(this, members);
        var hidden = new float[batch.Count * _config.Embedding];
        IReadOnlyList<Segment> rows = _cutter.Rows(batch, TenantOf);
        IReadOnlyList<Ubatch> ubatches = _cutter.Cut(rows);
        for (int i = 0; i < ubatches.Count; i++)
        {
            Run(ubatches[i], i + 1 < ubatches.Count ? ubatches[i + 1] : null, hidden);
            _parts.States.AfterUbatch(this, ubatches[i]);
        }

        foreach (SequenceSlice slice in slices)
            TenantOf(slice.Sequence).RollbackLimit = Math.Min(Pool.Planes, slice.Count) - 1;
        _parts.States.AfterBatch(this, rows);
        int segment = 0;
        for (int i = 0; i < batch.Count; i++)
        {
            if (!batch.Tokens[i].Output) continue;
            Span<float> x = hidden.AsSpan(i * _config.Embedding, _config.Embedding);
            RmsNorm.Run(x, _weights.OutputNorm, _epsilon, x);
            _parts.Memory.Project(_weights.Output, x).CopyTo(logits[(segment++ * _config.Vocabulary)..]);
        }

        // A ubatch is a piece of the tokens of every sequence, so none is run apart from the others.
        Counters = Counters.AfterBatch(decomposition, passes: 1);
    }

    /// <inheritdoc/>
    public int NextPosition(int sequence) => _tenants.GetValueOrDefault(sequence)?.Position ?? 0;

    /// <inheritdoc/>
    public int SlotOf(int sequence) => _tenants.GetValueOrDefault(sequence)?.Slot ?? -1;

    /// <inheritdoc/>
    public void Clear(int sequence)
    {
        if (_tenants.Remove(sequence, out Tenant? tenant)) _parts.States.Cleared(this, tenant);
    }

    /// <inheritdoc/>
    public void Copy(int source, int target) => Restore(target, Snapshot(source));

    /// <inheritdoc/>
    public IStateSnapshot Snapshot(int sequence)
    {
        Tenant tenant = Existing(sequence);
        return new SeamedSnapshot([.. tenant.Tokens], tenant.CopyCaches(), _parts.States.Export(this, tenant));
    }

    /// <inheritdoc/>
    public void Restore(int sequence, IStateSnapshot snapshot)
    {
        var taken = (SeamedSnapshot)snapshot;
        bool isNew = !_tenants.ContainsKey(sequence);
        if (isNew && _tenants.Count == Pool.Slots)
            throw new InputException(
                $"sequence {sequence}", $"all {Pool.Slots} slots are taken", "clear a sequence first or raise the number of slots");
        Tenant tenant = TenantOf(sequence);
        if (_parts.States.IsHybrid(_config)) _parts.States.Import(this, tenant, isNew, taken);
        tenant.Set(taken.Tokens, [.. _parts.States.CachesFor(tenant, taken)]);
        _parts.States.Restored(this, tenant);
    }

    /// <inheritdoc/>
    public void Rollback(int sequence, int count)
    {
        Tenant tenant = Existing(sequence);
        tenant.CheckRollback(count);
        tenant.Truncate(count);
        tenant.RollbackLimit -= count;
        if (!_parts.States.IsHybrid(_config)) return;
        Pool.LivePlane[tenant.Slot] = _parts.States.PlaneAfterRollback(Pool.LivePlane[tenant.Slot], count);
        _parts.States.RolledBack(this, tenant);
    }

    /// <summary>
    /// Takes back tokens everywhere but in the recurrent state, and runs them again: what a server does that believes that
    /// they were never run.
    /// </summary>
    public void RunAgain(IReadOnlyList<Segment> segments)
    {
        foreach (Segment segment in segments) segment.Tenant.Truncate(segment.Count);
        Run(new Ubatch([.. segments.Select(segment => segment with { BatchIndex = [] })]), null, []);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private Tenant Existing(int sequence) => _tenants.GetValueOrDefault(sequence)
        ?? throw new InputException($"sequence {sequence}", "it does not exist", "decode its first token first");

    private Tenant TenantOf(int sequence)
    {
        if (_tenants.TryGetValue(sequence, out Tenant? tenant)) return tenant;
        int slot = Enumerable.Range(0, Pool.Slots).First(slot => _tenants.Values.All(other => other.Slot != slot));
        return _tenants[sequence] = new Tenant(
            sequence, slot, _config.Attention, _config.RecurrentLayers.Count(recurrent => !recurrent));
    }

    // One pass; leaves the last hidden states of the batch's tokens in hidden [batch tokens, E].
    private void Run(Ubatch ubatch, Ubatch? next, float[] hidden)
    {
        int embedding = _config.Embedding;
        Route[] routes =
        [
            .. ubatch.Segments.Select(segment => new Route(
                segment.Slot, Pool.LivePlane[segment.Slot], segment.IsFirst, segment.Count, segment.Planes)),
        ];
        int[] tokens = _parts.Memory.InputTokens(ubatch, next);
        var x = new float[tokens.Length * embedding];
        for (int t = 0; t < tokens.Length; t++)
            _weights.TokenEmbedding.Row(tokens[t]).CopyTo(x.AsSpan(t * embedding));

        int recurrent = 0, attention = 0;
        foreach (LayerWeights<float> layer in _weights.Layers)
        {
            float[] normalised = Normalise(x, layer.MixerNorm);
            Add(x, layer.Mixer is DeltaNetWeights<float> linear
                ? _deltaNet!.Run(recurrent++, linear, ubatch, _parts.Memory.RowsOf(routes, attention), normalised)
                : Attend(layer.Mixer, attention++, ubatch, normalised));
            normalised = Normalise(x, layer.FeedForwardNorm);
            for (int start = 0; start < x.Length; start += embedding)
                Add(x.AsSpan(start, embedding), FeedForwardLayer.Run<float>(
                    _config.Experts, layer.FeedForward, normalised.AsSpan(start, embedding), out _));
        }

        for (int r = 0; r < ubatch.Segments.Count; r++)
        {
            Segment segment = ubatch.Segments[r];
            Pool.LivePlane[segment.Slot] = 0;
            segment.Tenant.Tokens.AddRange(segment.Tokens);
            for (int i = 0; i < segment.BatchIndex.Length; i++)
                x.AsSpan((ubatch.Starts[r] + i) * embedding, embedding).CopyTo(hidden.AsSpan(segment.BatchIndex[i] * embedding));
        }
    }

    private float[] Attend(MixerWeights<float> weights, int layer, Ubatch ubatch, float[] x)
    {
        int embedding = _config.Embedding;
        var output = new float[x.Length];
        for (int r = 0; r < ubatch.Segments.Count; r++)
        {
            Segment segment = ubatch.Segments[r];
            int start = ubatch.Starts[r] * embedding, count = segment.Count * embedding;
            Span<float> result = output.AsSpan(start, count);
            FullAttentionLayer.Run<float>(
                _config.Attention, weights, _epsilon, segment.Position, x.AsSpan(start, count), segment.Tenant.Cache(layer)).CopyTo(result);
            _parts.Memory.AddMasked(segment, Pool, result);
        }

        return output;
    }

    private float[] Normalise(float[] x, float[] norm)
    {
        var result = new float[x.Length];
        RmsNorm.Run(x, norm, _epsilon, result);
        return result;
    }

    private static void Add(Span<float> x, ReadOnlySpan<float> y)
    {
        for (int i = 0; i < x.Length; i++) x[i] += y[i];
    }
}
