using Gdn.Optimized.Batching;
using Gdn.Optimized.Cpu.Kernels;
using Gdn.Optimized.Cpu.Layers;
using Gdn.Optimized.Cpu.Memory;
using Gdn.Optimized.Cpu.Routing;
using Gdn.Optimized.Cpu.Threading;
using Gdn.Reference;
using Gdn.Reference.Models;

namespace Gdn.Optimized.Cpu;

/// <summary>
/// The CPU, in single precision: states are gathered, every kernel takes all tokens of a pass at once, the new states are
/// scattered; one sequence alone works directly on its slot.
/// </summary>
/// <remarks>
/// A token's results depend on its own sequence alone, so they have the same bits in any pass and on any number of threads.
/// In the steady state a pass allocates nothing.
/// </remarks>
public sealed class CpuDevice : IDevice
{
    private readonly ModelConfig _config;
    private readonly ModelWeights<float> _weights;
    private readonly Projection _embedding, _output;
    private readonly float _epsilon;
    private readonly SlotMemory _memory;
    private readonly (IBlock Mixer, IBlock FeedForward)[] _blocks;
    private readonly DraftHead? _draftHead;
    private readonly Workers _workers;
    private readonly ILinearLayers _linear;
    private readonly RotaryTable _rotary;
    private readonly Scratch _batchScratch = new(), _runScratch = new(), _blockScratch = new();
    private int _outputs;

    /// <summary>Makes a device with empty slots; the weights are not copied.</summary>
    /// <exception cref="InputException">
    /// A gated attention's values and queries differ in length, heads of linear layers are too large, or are dealt to more shares
    /// than there are key heads; or it is to draft a model that has no draft layer.
    /// </exception>
    public CpuDevice(CpuOptions options)
        : this(options, options.Threads, new HostLinearLayers(options, options.HeadShares))
    {
    }

    /// <summary>Makes a device whose linear layers may lie elsewhere; they are disposed with it.</summary>
    internal CpuDevice(BatchedOptions options, int threads, ILinearLayers linear)
    {
        _config = options.Engine.Model.Config;
        AttentionConfig attention = _config.Attention;
        if (attention.Gated && attention.ValueDim != attention.KeyDim)
            throw new InputException(
                "model", $"gated attention has values of {attention.ValueDim} but gates of {attention.KeyDim} entries",
                "use a model where they agree");
        _weights = options.Engine.Model.Weights;
        _embedding = Projection.Of(_weights.TokenEmbedding);
        _output = Projection.Of(_weights.Output);
        _epsilon = (float)_config.NormEpsilon;
        _linear = linear;
        _memory = new SlotMemory(options, linear.States);
        _blocks = Blocks(options.MaxRunTokens);
        if (options.Engine.Drafts) _draftHead = new DraftHead(options, _memory);
        _workers = new Workers(threads);
        _rotary = new RotaryTable(attention.Rope);
        Traits = new DeviceTraits(RunsRagged: true, linear.RunsInPlace)
        {
            Drafts = _draftHead is not null,
            Rings = linear is HostLinearLayers,
        };
    }

    /// <inheritdoc/>
    public DeviceTraits Traits { get; }

    /// <summary>What batched passes of linear layers on the host have copied so far.</summary>
    public CopyCounters Copies => _linear is HostLinearLayers host ? host.Copies : default;

    /// <summary>An engine on a new device.</summary>
    /// <param name="name">Name in reports.</param>
    /// <exception cref="InputException">As the constructor.</exception>
    public static BatchedEngine Engine(string name, CpuOptions options) => new(name, options, new CpuDevice(options));

    /// <inheritdoc/>
    public void Begin(int outputs)
    {
        _outputs = outputs;
        _batchScratch.Release();
        _batchScratch.Take(outputs * _config.Embedding);
    }

    /// <inheritdoc/>
    public void Run(RunLayout layout, BatchPlan? plan)
    {
        int tokens = layout.TokenCount, embedding = _config.Embedding;
        _runScratch.Release();
        Span<float> hidden = _runScratch.Take(tokens * embedding), normalised = _runScratch.Take(tokens * embedding);
        Span<float> change = _runScratch.Take(tokens * embedding);
        SetPositions(layout);
        for (int t = 0; t < tokens; t++) _embedding.CopyRow(layout.Tokens[t], hidden.Slice(t * embedding, embedding));

        _blockScratch.Release();
        _linear.Route(layout, plan);
        var run = new RunContext(layout, _rotary, _blockScratch, _workers);
        for (int layer = 0; layer < _blocks.Length; layer++)
        {
            LayerWeights<float> weights = _weights.Layers[layer];
            LayerBlocks.Add(_blocks[layer].Mixer, weights.MixerNorm, _epsilon, run, hidden, normalised, change);
            LayerBlocks.Add(_blocks[layer].FeedForward, weights.FeedForwardNorm, _epsilon, run, hidden, normalised, change);
        }

        if (_draftHead is not null)
        {
            RmsNormKernel.Run(hidden, _weights.OutputNorm, _epsilon, normalised);
            _draftHead.Follow(run, normalised);
        }

        Span<float> outputs = Outputs();
        for (int t = 0; t < tokens; t++)
            if (layout.OutputRows[t] is int row and >= 0)
                hidden.Slice(t * embedding, embedding).CopyTo(outputs[(row * embedding)..]);
    }

    /// <inheritdoc/>
    public void Finish(Span<float> logits)
    {
        Span<float> outputs = Outputs();
        RmsNormKernel.Run(outputs, _weights.OutputNorm, _epsilon, outputs);
        _output.Run(outputs, logits, _workers);
    }

    /// <inheritdoc/>
    public void Draft(RunLayout layout, int step, Span<float> logits)
    {
        SetPositions(layout);
        _blockScratch.Release();
        _draftHead!.Draft(new RunContext(layout, _rotary, _blockScratch, _workers), step, logits);
    }

    /// <inheritdoc/>
    public void Reserve(int slot, int positions) => _memory.Reserve(slot, positions);

    /// <inheritdoc/>
    public void Zero(int slot) => _memory.Zero(slot);

    /// <inheritdoc/>
    public void Fill(int slot, float value) => _memory.Fill(slot, value);

    /// <inheritdoc/>
    public void Copy(int source, int plane, int target, int positions) => _memory.Copy(source, plane, target, positions);

    /// <inheritdoc/>
    public SlotSnapshot Export(int slot, int plane, int positions) => _memory.Export(slot, plane, positions);

    /// <inheritdoc/>
    public bool Fits(SlotSnapshot snapshot) => _memory.Fits(snapshot);

    /// <inheritdoc/>
    public void Import(int slot, SlotSnapshot snapshot) => _memory.Import(slot, snapshot);

    /// <summary>Ends the device's threads, and gives back what its linear layers hold.</summary>
    public void Dispose()
    {
        _workers.Dispose();
        _linear.Dispose();
    }

    // Hidden states that logits are wanted for: they outlive the passes of a batch.
    private Span<float> Outputs()
    {
        _batchScratch.Release();
        return _batchScratch.Take(_outputs * _config.Embedding);
    }

    private void SetPositions(RunLayout layout)
    {
        _rotary.Reserve(layout.TokenCount);
        for (int t = 0; t < layout.TokenCount; t++) _rotary.Set(t, layout.Positions[t]);
    }

    private (IBlock, IBlock)[] Blocks(int maxTokens)
    {
        var blocks = new (IBlock, IBlock)[_config.Layers];
        int recurrent = 0, attention = 0;
        for (int layer = 0; layer < blocks.Length; layer++)
        {
            LayerWeights<float> weights = _weights.Layers[layer];
            IBlock mixer = weights.Mixer switch
            {
                DeltaNetWeights<float> linear => _linear.Block(recurrent++, linear),
                AttentionWeights<float> full => new AttentionBlock(
                    _config.Attention, full, _epsilon, _memory.Attention(attention++)),
                LatentAttentionWeights<float> latent => new LatentAttentionBlock(
                    _config.Attention, latent, _epsilon, _memory.Attention(attention++)),
                _ => throw new InvalidOperationException($"Unknown mixer {weights.Mixer.GetType()}."),
            };
            blocks[layer] = (mixer, LayerBlocks.FeedForward(_config, weights.FeedForward, maxTokens));
        }

        return blocks;
    }
}
