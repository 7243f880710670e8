using Gdn.Reference.Models;
using Gdn.Reference.Operators;

namespace Gdn.Harness.Faults.Seamed;

/// <summary>A linear layer over a whole ubatch: everything for all tokens at once but the conv and the scan, which go row by row.</summary>
internal sealed class DeltaNetPass(ModelConfig model, StatePool pool, Parts parts)
{
    private readonly DeltaNetConfig _config = model.DeltaNet!;
    private readonly float _epsilon = (float)model.NormEpsilon;
    private readonly float[] _state = new float[model.DeltaNet!.DeltaStateLength];
    private readonly float[] _planes = new float[pool.Planes * model.DeltaNet.DeltaStateLength];

    /// <summary>Runs a layer.</summary>
    /// <param name="layer">Its index among the linear ones.</param>
    /// <param name="weights">Its weights.</param>
    /// <param name="ubatch">The ubatch.</param>
    /// <param name="routes">Where its rows find their state.</param>
    /// <param name="x"><c>[T, E]</c>, normalised.</param>
    /// <returns><c>[T, E]</c></returns>
    public float[] Run(int layer, DeltaNetWeights<float> weights, Ubatch ubatch, Route[] routes, float[] x)
    {
        float[] Project(Matrix<float> matrix, Matrix<float>? reduction) =>
            parts.Memory.Project(matrix, reduction is null ? x : parts.Memory.Project(reduction, x));

        float[] qkv = Project(weights.QueryKeyValue, null), z = Project(weights.OutputGate, weights.OutputGateReduction);
        float[] beta = Project(weights.Beta, null), g = Project(weights.Alpha, weights.AlphaReduction);
        foreach (ref float entry in beta.AsSpan()) entry = Gates.Beta(entry);
        Gates.LogDecay<float>(g, weights.NegativeA, weights.TimeStepBias);

        float[] mixed = Convolve(layer, weights.Conv, ubatch, routes, qkv);
        float[] q = Columns(mixed, 0, _config.KeyLength), k = Columns(mixed, _config.KeyLength, _config.KeyLength);
        L2Norm.Run(q, _config.HeadDim, _epsilon);
        L2Norm.Run(k, _config.HeadDim, _epsilon);
        var all = new ScanInput
        {
            Shape = _config.Rule(ubatch.Tokens.Length),
            HeadMap = _config.HeadMap,
            Q = q,
            K = k,
            V = Columns(mixed, 2 * _config.KeyLength, _config.ValueLength),
            G = g,
            Beta = beta,
        };
        float[] output = Scan(layer, ubatch, routes, all);
        RmsNorm.RunGated(output, z, weights.Norm, _epsilon, _config.OutputGate);
        return parts.Memory.Project(weights.Output, output);
    }

    private float[] Convolve(int layer, float[] weights, Ubatch ubatch, Route[] routes, float[] x)
    {
        int channels = _config.ConvChannels, length = _config.ConvStateLength;
        var output = new float[x.Length];
        var window = new float[length];
        var planes = new float[pool.Planes * length];
        for (int r = 0; r < routes.Length; r++)
        {
            Route route = routes[r];
            if (route.Resets) Array.Clear(window);
            else pool.Conv(layer, route.Slot, route.Plane).CopyTo(window);
            int start = ubatch.Starts[r] * channels, count = route.Count * channels;
            CausalConv.Run(
                channels, x.AsSpan(start, count), weights, window.AsSpan(), output.AsSpan(start, count),
                planes.AsSpan(0, route.Planes * length));
            parts.Memory.StoreWindow(route.Path, planes.AsSpan(0, length), channels);
            for (int plane = 0; plane < route.Planes; plane++)
                planes.AsSpan(plane * length, length).CopyTo(pool.Conv(layer, route.Slot, plane));
        }

        Activations.SiLU<float>(output);
        return output;
    }

    private float[] Scan(int layer, Ubatch ubatch, Route[] routes, in ScanInput all)
    {
        int length = _config.DeltaStateLength;
        var output = new float[all.V.Length];
        for (int r = 0; r < routes.Length; r++)
        {
            Route route = routes[r];
            if (route.Resets) Array.Clear(_state);
            else pool.Delta(layer, route.Slot, route.Plane).CopyTo(_state);

            int start = ubatch.Starts[r] * _config.ValueLength, count = route.Count * _config.ValueLength;
            parts.Scan.Run(
                route.Path, !route.Resets, all.Tokens(ubatch.Starts[r], route.Count), _state, output.AsSpan(start, count),
                _planes.AsSpan(0, route.Planes * length));
            _state.CopyTo(_planes, 0);
            for (int plane = 0; plane < route.Planes; plane++)
                _planes.AsSpan(plane * length, length).CopyTo(pool.Delta(layer, route.Slot, plane));
        }

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
