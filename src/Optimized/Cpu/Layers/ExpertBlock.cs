using Gdn.Optimized.Cpu.Kernels;
using Gdn.Reference.Models;

namespace Gdn.Optimized.Cpu.Layers;

/// <summary>
/// A mixture of experts: each expert runs once, over all tokens routed to it. A token's sum takes its experts in ascending
/// order, so it does not depend on where the other tokens go.
/// </summary>
internal sealed class ExpertBlock : IBlock
{
    private readonly ExpertConfig _config;
    private readonly Projection _router;
    private readonly DenseBlock[] _experts;
    private readonly DenseBlock? _shared;
    private readonly Projection? _sharedGate;
    private readonly float[] _selectionBias;
    private readonly int[] _chosen, _members;

    /// <summary>Makes the block.</summary>
    /// <param name="config">Routing.</param>
    /// <param name="weights">Router, experts, shared expert.</param>
    /// <param name="maxTokens">Tokens of the longest run.</param>
    public ExpertBlock(ExpertConfig config, ExpertWeights<float> weights, int maxTokens)
    {
        _config = config;
        _router = Projection.Of(weights.Router);
        _experts = [.. weights.Experts.Select(expert => new DenseBlock(expert))];
        _shared = weights.Shared is null ? null : new DenseBlock(weights.Shared);
        _sharedGate = weights.SharedGate is null ? null : Projection.Of(weights.SharedGate);
        _selectionBias = weights.SelectionBias;
        _chosen = new int[maxTokens * config.Used];
        _members = new int[maxTokens];
    }

    /// <inheritdoc/>
    public void Run(in RunContext run, ReadOnlySpan<float> x, Span<float> y)
    {
        int tokens = run.Layout.TokenCount, embedding = x.Length / tokens, used = _config.Used;
        Span<float> probabilities = run.Scratch.Take(tokens * _config.Count);
        Span<float> weights = run.Scratch.Take(tokens * used);
        _router.Run(x, probabilities, run.Workers);
        for (int t = 0; t < tokens; t++)
            Route(probabilities.Slice(t * _config.Count, _config.Count), _chosen.AsSpan(t * used, used), weights.Slice(t * used, used));

        Span<float> inputs = run.Scratch.Take(x.Length), outputs = run.Scratch.Take(x.Length);
        ReadOnlySpan<int> chosen = _chosen.AsSpan(0, tokens * used);
        y.Clear();
        for (int e = 0; e < _experts.Length; e++)
        {
            int members = 0;
            for (int choice = 0; choice < chosen.Length; choice++)
            {
                if (chosen[choice] != e) continue;
                x.Slice(choice / used * embedding, embedding).CopyTo(inputs[(members * embedding)..]);
                _members[members++] = choice;
            }

            if (members == 0) continue;
            int length = members * embedding;
            int mark = run.Scratch.Mark;
            _experts[e].Run(run, inputs[..length], outputs[..length]);
            run.Scratch.Release(mark);
            for (int m = 0; m < members; m++)
                Elementwise.AddScaled(
                    y.Slice(_members[m] / used * embedding, embedding), weights[_members[m]],
                    outputs.Slice(m * embedding, embedding));
        }

        if (_shared is not null) AddShared(run, x, y, outputs);
    }

    private void Route(Span<float> logits, Span<int> experts, Span<float> weights)
    {
        float scale = (float)_config.WeightScale;
        if (_config.BySigmoid) ExpertRouterKernel.RouteBySigmoid(logits, _selectionBias, scale, experts, weights);
        else ExpertRouterKernel.Route(logits, scale, experts, weights);
    }

    private void AddShared(in RunContext run, ReadOnlySpan<float> x, Span<float> y, Span<float> outputs)
    {
        int tokens = run.Layout.TokenCount, embedding = x.Length / tokens;
        _shared!.Run(run, x, outputs);
        if (_sharedGate is null)
        {
            Elementwise.Add(y, outputs);
            return;
        }

        Span<float> gates = run.Scratch.Take(tokens);
        _sharedGate.Run(x, gates, run.Workers);
        for (int t = 0; t < tokens; t++)
            Elementwise.AddScaled(
                y.Slice(t * embedding, embedding), VectorMath.Sigmoid(gates[t]),
                outputs.Slice(t * embedding, embedding));
    }
}
