using Gdn.Reference;
using Gdn.Reference.Batches;
using Gdn.Reference.Engines;
using Gdn.Reference.Models;
using Gdn.Reference.Operators;
using Gdn.Reference.State;

namespace Gdn.Harness.Faults.Seamed;

/// <summary>
/// An engine that is run the way real engines are, written to be read: ubatches, padding, compiled plans, a pool of state
/// rows with planes, a scan with three paths, scratch that is used again. As it stands it is right; its
/// <see cref="Parts"/> are the places where real ones went wrong. Speed is no argument here.
/// </summary>
internal sealed class SeamedEngine : IModelEngine
{
    private readonly ModelConfig _config;
    private readonly ModelWeights<float> _weights;
    private readonly float _epsilon;
    private readonly BatchLimits _limits;
    private readonly Parts _parts;
    private readonly PlanCache _plans;
    private readonly UbatchCutter _cutter;
    private readonly DeltaNetPass? _deltaNet;
    private readonly Dictionary<int, Tenant> _tenants = [];
    private int _requests;
    private long _batches, _tokens;

    /// <summary>Makes an engine without sequences.</summary>
    public SeamedEngine(string name, EngineOptions options, StateFormat states, Parts parts)
    {
        _config = options.Model.Config;
        _weights = options.Model.Weights;
        _epsilon = (float)_config.NormEpsilon;
        _limits = options.Limits;
        _parts = parts;
        Pool = new Pool(_config, options.Slots, options.Planes, parts.States);
        _plans = new PlanCache(parts.Routing);
        _cutter = new UbatchCutter(Pool, parts.Routing);
        _deltaNet = _config.DeltaNet is null ? null : new DeltaNetPass(_config, Pool, parts);
        Info = new EngineInfo(name, _config.Vocabulary) { Capabilities = new EngineCapabilities { States = states } };
    }

    /// <inheritdoc/>
    public EngineInfo Info { get; }

    /// <inheritdoc/>
    public EngineCounters Counters =>
        new() { Batches = _batches, Tokens = _tokens, PlanHits = _plans.Hits, PlanMisses = _plans.Misses };

    /// <summary>Recurrent state.</summary>
    public Pool Pool { get; }

    /// <summary>Sizes of the model.</summary>
    public ModelConfig Config => _config;

    /// <summary>Living sequences.</summary>
    public IReadOnlyCollection<Tenant> Tenants => _tenants.Values;

    /// <inheritdoc/>
    public void Decode(TokenBatch batch, Span<float> logits)
    {
        BatchValidator.Check(batch, _limits, NextPosition, Pool.Slots - _tenants.Count);
        ReadOnlySpan<SequenceSlice> slices = SequenceDecomposition.Of(batch).Slices;
        var members = new List<Tenant>();
        foreach (SequenceSlice slice in slices)
        {
            Tenant tenant = TenantOf(slice.Sequence);
            if (slice.Resets) tenant.Truncate(tenant.Position);
            members.Add(tenant);
        }

        _parts.States.BeforeBatch(this, members);
        var hidden = new float[batch.Count * _config.Embedding];
        IReadOnlyList<Ubatch> ubatches = _cutter.Cut(batch, TenantOf);
        for (int i = 0; i < ubatches.Count; i++)
        {
            Run(ubatches[i], i + 1 < ubatches.Count ? ubatches[i + 1] : null, hidden);
            _parts.States.AfterUbatch(this, ubatches[i]);
        }

        foreach (SequenceSlice slice in slices)
            TenantOf(slice.Sequence).RollbackLimit = Math.Min(Pool.Planes, slice.Count) - 1;
        int row = 0;
        for (int i = 0; i < batch.Count; i++)
        {
            if (!batch.Tokens[i].Output) continue;
            Span<float> x = hidden.AsSpan(i * _config.Embedding, _config.Embedding);
            RmsNorm.Run(x, _weights.OutputNorm, _epsilon, x);
            _parts.Routing.Project(_weights.Output, x).CopyTo(logits[(row++ * _config.Vocabulary)..]);
        }

        _batches++;
        _tokens += batch.Count;
    }

    /// <inheritdoc/>
    public int NextPosition(int sequence) => _tenants.GetValueOrDefault(sequence)?.Position ?? 0;

    /// <inheritdoc/>
    public int SlotOf(int sequence) => _tenants.GetValueOrDefault(sequence)?.Slot ?? -1;

    /// <inheritdoc/>
    public void Clear(int sequence)
    {
        if (_tenants.Remove(sequence)) _parts.States.Cleared(this);
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
        var plain = (SeamedSnapshot)snapshot;
        bool isNew = !_tenants.ContainsKey(sequence);
        if (isNew && _tenants.Count == Pool.Slots)
            throw new InputException(
                $"sequence {sequence}", $"all {Pool.Slots} slots are taken", "clear a sequence first or raise the number of slots");
        Tenant tenant = TenantOf(sequence);
        if (_parts.States.IsHybrid(_config)) _parts.States.Import(this, tenant, isNew, plain);
        tenant.Set(plain.Tokens, plain.Caches);
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
    public void RunAgain(IReadOnlyList<Row> rows)
    {
        foreach (Row row in rows) row.Tenant?.Truncate(row.Count);
        Run(new Ubatch([.. rows.Select(row => row with { BatchIndex = [] })]), null, []);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private Tenant Existing(int sequence) => _tenants.GetValueOrDefault(sequence)
        ?? throw new InputException($"sequence {sequence}", "it does not exist", "decode its first token before");

    private Tenant TenantOf(int sequence)
    {
        if (_tenants.TryGetValue(sequence, out Tenant? tenant)) return tenant;
        int slot = _parts.Routing.Slot(_requests++, [.. _tenants.Values.Select(other => other.Slot)], Pool.Slots);
        return _tenants[sequence] = new Tenant(
            sequence, slot, _config.Attention, _config.RecurrentLayers.Count(recurrent => !recurrent));
    }

    // One pass; leaves the last hidden states of the batch's tokens in hidden [batch tokens, E].
    private void Run(Ubatch ubatch, Ubatch? next, float[] hidden)
    {
        int embedding = _config.Embedding;
        Route[] plan = _plans.Get([.. ubatch.Rows.Select(row => new Route(
            row.Slot, _parts.Routing.ConvPlane(row, Pool.LivePlane[row.Slot]),
            _parts.Routing.DeltaPlane(row, Pool.LivePlane[row.Slot]), _parts.Routing.StartsFromZero(ubatch, row), row.Count,
            row.Planes))]);
        int[] tokens = _parts.Routing.InputTokens(ubatch, next);
        var x = new float[tokens.Length * embedding];
        for (int t = 0; t < tokens.Length; t++)
            _weights.TokenEmbedding.Row(tokens[t]).CopyTo(x.AsSpan(t * embedding));

        int recurrent = 0, attention = 0;
        foreach (LayerWeights<float> layer in _weights.Layers)
        {
            float[] normalised = Normalise(x, layer.MixerNorm);
            Add(x, layer.Mixer is DeltaNetWeights<float> linear
                ? _deltaNet!.Run(recurrent++, linear, ubatch, plan, normalised)
                : Attend((AttentionWeights<float>)layer.Mixer, attention++, ubatch, normalised));
            normalised = Normalise(x, layer.FeedForwardNorm);
            for (int start = 0; start < x.Length; start += embedding)
                Add(x.AsSpan(start, embedding), FeedForwardLayer.Run<float>(
                    _config.Experts, layer.FeedForward, normalised.AsSpan(start, embedding), out _));
        }

        for (int r = 0; r < ubatch.Rows.Count; r++)
        {
            Row row = ubatch.Rows[r];
            Pool.LivePlane[row.Slot] = 0;
            if (row.Tenant is not null) row.Tenant.HasRun = true;
            row.Tenant?.Tokens.AddRange(row.Tokens);
            for (int i = 0; i < row.BatchIndex.Length; i++)
                x.AsSpan((ubatch.Starts[r] + i) * embedding, embedding).CopyTo(hidden.AsSpan(row.BatchIndex[i] * embedding));
        }
    }

    private float[] Attend(AttentionWeights<float> weights, int layer, Ubatch ubatch, float[] x)
    {
        int embedding = _config.Embedding;
        var output = new float[x.Length];
        for (int r = 0; r < ubatch.Rows.Count; r++)
        {
            Row row = ubatch.Rows[r];
            if (row.Tenant is not { } tenant) continue;
            int start = ubatch.Starts[r] * embedding, count = row.Count * embedding;
            Span<float> result = output.AsSpan(start, count);
            AttentionLayer.Run<float>(
                _config.Attention, weights, _epsilon, row.Position, x.AsSpan(start, count), tenant.Cache(layer)).CopyTo(result);
            _parts.Routing.AddMasked(row, Pool, result);
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
