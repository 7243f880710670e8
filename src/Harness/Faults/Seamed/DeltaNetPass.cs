using Gdn.Reference.Models;
using Gdn.Reference.Operators;

namespace Gdn.Harness.Faults.Seamed;

/// <summary>A linear layer over a whole ubatch: everything for all tokens at once but the conv and the scan, which go row by row.</summary>
internal sealed class DeltaNetPass(ModelConfig model, Pool pool, Parts parts)
{
    private readonly DeltaNetConfig _config = model.DeltaNet!;
    private readonly float _epsilon = (float)model.NormEpsilon;
    private readonly ScratchRing _ring = new((1 + pool.Planes) * model.DeltaNet!.DeltaStateLength, parts.Routing);

    /// <summary>Runs a layer.</summary>
    /// <param name="layer">Its index among the linear ones.</param>
    /// <param name="weights">Its weights.</param>
    /// <param name="ubatch">The ubatch.</param>
    /// <param name="plan">The routes to run it by.</param>
    /// <param name="x"><c>[T, E]</c>, normalised.</param>
    /// <returns><c>[T, E]</c></returns>
    public float[] Run(int layer, DeltaNetWeights<float> weights, Ubatch ubatch, Route[] plan, float[] x)
    {
        float[] qkv = parts.Routing.Project(weights.QueryKeyValue, x), z = parts.Routing.Project(weights.OutputGate, x);
        float[] beta = parts.Routing.Project(weights.Beta, x), g = parts.Routing.Project(weights.Alpha, x);
        for (int i = 0; i < beta.Length; i++)
        {
            int head = i % _config.ValueHeads;
            beta[i] = Gates.Beta(beta[i]);
            g[i] = Gates.LogDecay(g[i], weights.NegativeA[head], weights.TimeStepBias[head]);
        }

        float[] mixed = Convolve(layer, weights.Conv, ubatch, plan, qkv);
        float[] q = Columns(mixed, 0, _config.KeyLength), k = Columns(mixed, _config.KeyLength, _config.KeyLength);
        L2Norm.Run(q, _config.HeadDim, _epsilon);
        L2Norm.Run(k, _config.HeadDim, _epsilon);
        var all = new ScanInput
        {
            Shape = new DeltaRuleShape(
                ubatch.Tokens.Length, _config.KeyHeads, _config.ValueHeads, _config.HeadDim, _config.HeadDim),
            HeadMap = _config.HeadMap,
            Q = q,
            K = k,
            V = Columns(mixed, 2 * _config.KeyLength, _config.ValueLength),
            G = g,
            Beta = beta,
        };
        float[] output = Scan(layer, ubatch, plan, all);
        RmsNorm.RunGated(output, z, weights.Norm, _epsilon);
        return parts.Routing.Project(weights.Output, output);
    }

    private float[] Convolve(int layer, float[] weights, Ubatch ubatch, Route[] plan, float[] x)
    {
        int channels = _config.ConvChannels, length = _config.ConvStateLength;
        var output = new float[x.Length];
        var window = new float[length];
        var planes = new float[pool.Planes * length];
        for (int r = 0; r < plan.Length; r++)
        {
            Route route = plan[r];
            int slot = parts.Routing.ConvSlot(r, route);
            if (route.Resets) Array.Clear(window);
            else pool.Conv(layer, slot, route.ConvPlane).CopyTo(window);
            int start = ubatch.Starts[r] * channels, count = route.Count * channels;
            CausalConv.Run(
                channels, x.AsSpan(start, count), weights, window.AsSpan(), output.AsSpan(start, count),
                planes.AsSpan(0, route.Planes * length));
            parts.Routing.StoreWindow(route.Path, planes.AsSpan(0, length), channels);
            for (int plane = 0; plane < route.Planes; plane++)
                planes.AsSpan(plane * length, length).CopyTo(pool.Conv(layer, slot, plane));
        }

        Activations.SiLU<float>(output);
        return output;
    }

    private float[] Scan(int layer, Ubatch ubatch, Route[] plan, in ScanInput all)
    {
        int length = _config.DeltaStateLength;
        var output = new float[all.V.Length];
        ReadOnlySpan<float> previous = [];
        for (int r = 0; r < plan.Length; r++)
        {
            Route route = plan[r];
            float[] scratch = _ring.Take(r);
            Span<float> state = scratch.AsSpan(0, length);
            if (route.Resets) state.Clear();
            else pool.Delta(layer, route.Slot, route.DeltaPlane).CopyTo(state);
            parts.Routing.LoadDelta(ubatch, r, state, previous);

            int start = ubatch.Starts[r] * _config.ValueLength, count = route.Count * _config.ValueLength;
            Span<float> planes = scratch.AsSpan(length, route.Planes * length);
            parts.Scan.Run(
                route.Path, !route.Resets, all.Tokens(parts.Routing.FirstToken(ubatch, r), route.Count), state,
                output.AsSpan(start, count), planes);
            state.CopyTo(planes);
            previous = state;
            _ring.Leave(r, buffer =>
            {
                for (int plane = 0; plane < route.Planes; plane++)
                    buffer.AsSpan((1 + plane) * length, length).CopyTo(pool.Delta(layer, route.Slot, plane));
            });
        }

        _ring.Complete();
        return output;
    }

    private float[] Columns(float[] rows, int first, int count)
    {
        int width = _config.ConvChannels;
        var result = new float[rows.Length / width * count];
        for (int r = 0; r < rows.Length / width; r++)
            rows.AsSpan(r * width + first, count).CopyTo(result.AsSpan(r * count));
        return result;
    }
}
