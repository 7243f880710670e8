using Gdn.Optimized.Batching;
using Gdn.Reference.Engines;
using Gdn.Reference.Models;
using Gdn.Reference.Operators;
using Gdn.Reference.State;

namespace Gdn.Properties.Optimized.Batching;

/// <summary>
/// A second device for the batched engine: plain loops over the reference's operators in double precision. It proves that the
/// seam between engine and device is one, and that routing faults need no CPU kernels to show.
/// </summary>
internal sealed class PlainDevice : IDevice
{
    private readonly ModelConfig _config;
    private readonly ModelWeights<double> _weights;
    private readonly double _epsilon;
    private readonly int _planes;
    private readonly double[][][] _conv, _delta;
    private readonly KeyValueCache<double>[][] _caches;
    private double[][] _outputs = [];

    public PlainDevice(BatchedOptions options, bool runsRagged = true)
    {
        EngineOptions engine = options.Engine;
        _config = engine.Model.Config;
        _weights = InDouble.Of(engine.Model.Weights);
        _epsilon = _config.NormEpsilon;
        _planes = engine.Planes;
        Traits = new DeviceTraits(runsRagged, RunsInPlace: false);
        int linear = _config.RecurrentLayers.Count(recurrent => recurrent), slots = options.DeviceSlots;
        _conv = Rows(linear, slots * _planes, _config.DeltaNet?.ConvStateLength ?? 0);
        _delta = Rows(linear, slots * _planes, _config.DeltaNet?.DeltaStateLength ?? 0);
        AttentionConfig attention = _config.Attention;
        _caches = [.. Enumerable.Range(0, _config.Layers - linear).Select(_ => Enumerable.Range(0, slots)
            .Select(_ => new KeyValueCache<double>(
                attention.KeyValueHeads * attention.KeyDim, attention.KeyValueHeads * attention.ValueDim)).ToArray())];
    }

    public DeviceTraits Traits { get; }

    public void Begin(int outputs) => _outputs = new double[outputs][];

    public void Run(RunLayout layout, BatchPlan? plan)
    {
        double[] x = [.. layout.Tokens.ToArray().SelectMany(token => _weights.TokenEmbedding.Row(token).ToArray())];
        int linear = 0, attention = 0;
        foreach (LayerWeights<double> layer in _weights.Layers)
        {
            double[] normalised = Normalise(x, layer.MixerNorm);
            Add(x, layer.Mixer is DeltaNetWeights<double> recurrent
                ? Scan(linear++, recurrent, layout, plan!, normalised)
                : Attend(layer.Mixer, _caches[attention++], layout, normalised));
            normalised = Normalise(x, layer.FeedForwardNorm);
            Add(x, [.. normalised.Chunk(_config.Embedding).SelectMany(
                token => FeedForwardLayer.Run<double>(_config.Experts, layer.FeedForward, token, out _))]);
        }

        for (int t = 0; t < layout.TokenCount; t++)
            if (layout.OutputRows[t] is int row and >= 0)
                _outputs[row] = x[(t * _config.Embedding)..((t + 1) * _config.Embedding)];
    }

    public void Finish(Span<float> logits)
    {
        for (int row = 0; row < _outputs.Length; row++)
        {
            double[] result = Linear.Run(_weights.Output, (ReadOnlySpan<double>)Normalise(_outputs[row], _weights.OutputNorm));
            for (int v = 0; v < result.Length; v++) logits[row * result.Length + v] = (float)result[v];
        }
    }

    public void Reserve(int slot, int positions)
    {
    }

    public void Zero(int slot)
    {
        foreach (double[][] rows in _conv.Concat(_delta)) Array.Clear(rows[slot * _planes]);
    }

    public void Fill(int slot, float value)
    {
        foreach (double[][] rows in _conv.Concat(_delta))
            for (int plane = 0; plane < _planes; plane++) Array.Fill(rows[slot * _planes + plane], value);
        foreach (KeyValueCache<double>[] caches in _caches) caches[slot].Clear();
    }

    public void Copy(int source, int plane, int target, int positions)
    {
        foreach (double[][] rows in _conv.Concat(_delta)) rows[source * _planes + plane].CopyTo(rows[target * _planes], 0);
        foreach (KeyValueCache<double>[] caches in _caches) Set(caches[target], Part(caches[source], positions));
    }

    public SlotSnapshot Export(int slot, int plane, int positions)
    {
        int row = slot * _planes + plane;
        return new SlotSnapshot(
            positions,
            [.. _conv.Zip(_delta, (conv, delta) => InSingle([.. conv[row], .. delta[row]]))],
            [.. _caches.Select(caches => Part(caches[slot], positions)).Select(part => InSingle([.. part.Keys, .. part.Values]))]);
    }

    public bool Fits(SlotSnapshot snapshot) =>
        snapshot.Recurrent.Count == _conv.Length && snapshot.Attention.Count == _caches.Length;

    public void Import(int slot, SlotSnapshot snapshot)
    {
        for (int layer = 0; layer < _conv.Length; layer++)
        {
            double[] state = Array.ConvertAll(snapshot.Recurrent[layer], value => (double)value);
            int window = _conv[layer][0].Length;
            state[..window].CopyTo(_conv[layer][slot * _planes], 0);
            state[window..].CopyTo(_delta[layer][slot * _planes], 0);
        }

        int keys = _config.Attention.KeyValueHeads * _config.Attention.KeyDim * snapshot.NextPosition;
        for (int layer = 0; layer < _caches.Length; layer++)
        {
            double[] entries = Array.ConvertAll(snapshot.Attention[layer], value => (double)value);
            Set(_caches[layer][slot], (entries[..keys], entries[keys..]));
        }
    }

    public void Dispose()
    {
    }

    private double[] Scan(int layer, DeltaNetWeights<double> weights, RunLayout layout, BatchPlan plan, double[] x)
    {
        DeltaNetConfig config = _config.DeltaNet!;
        double[] qkv = Linear.Run<double>(weights.QueryKeyValue, x), beta = Linear.Run<double>(weights.Beta, x);
        double[] z = Linear.Run<double>(weights.OutputGate, weights.OutputGateReduction, x);
        double[] g = Linear.Run<double>(weights.Alpha, weights.AlphaReduction, x);
        foreach (ref double entry in beta.AsSpan()) entry = Gates.Beta(entry);
        Gates.LogDecay<double>(g, weights.NegativeA, weights.TimeStepBias);

        double[] mixed = Convolve(layer, weights.Conv, layout, plan, qkv);
        double[] q = Columns(mixed, 0, config.KeyLength), k = Columns(mixed, config.KeyLength, config.KeyLength);
        double[] v = Columns(mixed, 2 * config.KeyLength, config.ValueLength), output = new double[v.Length];
        L2Norm.Run(q, config.HeadDim, _epsilon);
        L2Norm.Run(k, config.HeadDim, _epsilon);

        // All states are gathered before any is written back: what a plan reads is what the pass found.
        double[][] states = Rows(1, layout.SequenceCount, config.DeltaStateLength)[0], planes = new double[states.Length][];
        for (int s = 0; s < states.Length; s++)
            if (plan.DeltaMask[s] == 0) Array.Clear(states[layout.Segments[s].Row]);
            else _delta[layer][plan.DeltaSource[s]].CopyTo(states[layout.Segments[s].Row], 0);
        for (int s = 0; s < states.Length; s++)
        {
            (int start, int count, int row) = layout.Segments[s];
            planes[row] = new double[plan.DeltaTargets(s).Length * config.DeltaStateLength];
            ReadOnlySpan<double> Of(double[] values) => values.AsSpan(
                start * (values.Length / layout.TokenCount), count * (values.Length / layout.TokenCount));
            DeltaRule.Run(
                config.Rule(count), config.HeadMap,
                Of(q), Of(k), Of(v), Of(g), Of(beta), states[row],
                output.AsSpan(start * config.ValueLength, count * config.ValueLength), planes[row]);
        }

        for (int s = 0; s < states.Length; s++) Scatter(planes[layout.Segments[s].Row], plan.DeltaTargets(s), _delta[layer]);
        RmsNorm.RunGated(output, z, weights.Norm, _epsilon, config.OutputGate);
        return Linear.Run(weights.Output, (ReadOnlySpan<double>)output);
    }

    private double[] Convolve(int layer, double[] weights, RunLayout layout, BatchPlan plan, double[] x)
    {
        int channels = _config.DeltaNet!.ConvChannels, length = _config.DeltaNet.ConvStateLength;
        var output = new double[x.Length];
        double[][] windows = [.. plan.ConvSource.ToArray().Select((row, s) =>
            plan.ConvMask[s] == 0 ? new double[length] : [.. _conv[layer][row]])];
        for (int s = 0; s < windows.Length; s++)
        {
            int start = layout.Starts[s] * channels, count = (layout.Starts[s + 1] - layout.Starts[s]) * channels;
            var planes = new double[plan.ConvTargets(s).Length * length];
            CausalConv.Run<double>(
                channels, x.AsSpan(start, count), weights, windows[s], output.AsSpan(start, count), planes);
            Scatter(planes, plan.ConvTargets(s), _conv[layer]);
        }

        Activations.SiLU<double>(output);
        return output;
    }

    private double[] Attend(
        MixerWeights<double> weights, KeyValueCache<double>[] caches, RunLayout layout, double[] x)
    {
        var output = new List<double>();
        for (int s = 0; s < layout.SequenceCount; s++)
        {
            RunSequence sequence = layout.Sequences[s];
            KeyValueCache<double> cache = caches[sequence.Slot];
            Set(cache, Part(cache, sequence.FirstPosition));
            int start = layout.Starts[s] * _config.Embedding, end = layout.Starts[s + 1] * _config.Embedding;
            output.AddRange(FullAttentionLayer.Run<double>(
                _config.Attention, weights, _epsilon, sequence.FirstPosition, x.AsSpan(start..end), cache));
        }

        return [.. output];
    }

    private static void Scatter(double[] planes, ReadOnlySpan<int> targets, double[][] rows)
    {
        for (int plane = 0; plane < targets.Length; plane++)
            planes.AsSpan(plane * rows[0].Length, rows[0].Length).CopyTo(rows[targets[plane]]);
    }

    // The keys and values of a cache's first tokens.
    private (double[] Keys, double[] Values) Part(KeyValueCache<double> cache, int positions)
    {
        AttentionConfig config = _config.Attention;
        return (
            cache.Keys[..(positions * config.KeyValueHeads * config.KeyDim)].ToArray(),
            cache.Values[..(positions * config.KeyValueHeads * config.ValueDim)].ToArray());
    }

    private static void Set(KeyValueCache<double> cache, (double[] Keys, double[] Values) entries)
    {
        cache.Clear();
        cache.Append(entries.Keys, entries.Values);
    }

    private double[] Columns(double[] rows, int first, int count) =>
        [.. rows.Chunk(_config.DeltaNet!.ConvChannels).SelectMany(row => row[first..(first + count)])];

    private double[] Normalise(double[] x, double[] norm)
    {
        var result = new double[x.Length];
        RmsNorm.Run(x, norm, _epsilon, result);
        return result;
    }

    private static void Add(double[] x, double[] y)
    {
        for (int i = 0; i < x.Length; i++) x[i] += y[i];
    }

    private static float[] InSingle(double[] values) => Array.ConvertAll(values, value => (float)value);

    private static double[][][] Rows(int layers, int rows, int length) => [.. Enumerable.Range(0, layers)
        .Select(_ => Enumerable.Range(0, rows).Select(_ => new double[length]).ToArray())];
}
