using Gdn.Optimized.Cpu;
using Gdn.Optimized.State;
using Gdn.Reference.Batches;
using Gdn.Reference.Models;
using Gdn.Reference.State;

namespace Gdn.Properties.Optimized;

/// <summary>
/// The engine side by side with the reference in double and in single precision. Every row of logits must be as close to
/// the double one as the single one explains: within <see cref="NoiseFactor"/> times the largest difference of the two on
/// the sequence so far.
/// </summary>
internal sealed class Lockstep
{
    private const double NoiseFactor = 8, SingleUnit = 1.0 / (1 << 24);

    // A router that chooses by less than this may rightly choose otherwise in another precision.
    private const double TieMargin = 1e-4;

    private readonly record struct Doubt(double Noise, bool IsTie);

    private sealed record Saved(SlotSnapshot Engine, SequenceState Exact, SequenceState Rounded, Doubt Doubt);

    private readonly ReferenceEngine<double> _exact;
    private readonly ReferenceEngine<float> _rounded;
    private readonly Dictionary<int, Doubt> _doubts = [];
    private readonly Dictionary<int, Saved> _saved = [];
    private readonly int _vocabulary;
    private readonly string _name;

    public Lockstep(RandomModel model, CpuEngineOptions options, string name)
    {
        ModelConfig config = model.Config;
        var limits = new BatchLimits(
            config.Vocabulary, options.MaxSequences, options.MaxBatchTokens, options.MaxPositions);
        Engine = new CpuEngine(config, model.Weights, options);
        _exact = new ReferenceEngine<double>(model.Exact, limits, options.SnapshotPlanes);
        _rounded = new ReferenceEngine<float>(model.Rounded, limits, options.SnapshotPlanes);
        _vocabulary = config.Vocabulary;
        _name = name;
    }

    public CpuEngine Engine { get; }

    /// <summary>Rows that were compared.</summary>
    public int Rows { get; private set; }

    /// <summary>Rows left out because of a router tie.</summary>
    public int Ties { get; private set; }

    /// <summary>Largest error over what rounding explains, of all rows; at most <see cref="NoiseFactor"/>.</summary>
    public double WorstRatio { get; private set; }

    public int RollbackLimit(int sequence) => _exact.RollbackLimit(sequence);

    public void Decode(TokenBatch batch)
    {
        var exact = new double[batch.OutputCount * _vocabulary];
        var margins = new double[batch.Count];
        float[] rounded = new float[exact.Length], actual = new float[exact.Length];
        Array.Fill(actual, float.NaN);
        _exact.Decode(batch, exact, margins);
        _rounded.Decode(batch, rounded);
        Engine.Decode(batch, actual);

        int row = 0;
        for (int i = 0; i < batch.Count; i++)
        {
            BatchToken token = batch.Tokens[i];
            Doubt doubt = token.Position == 0 ? default : _doubts[token.Sequence];
            doubt = doubt with { IsTie = doubt.IsTie || margins[i] < TieMargin };
            if (token.Output)
            {
                doubt = Compare(token, exact, rounded, actual, row * _vocabulary, doubt);
                row++;
            }

            _doubts[token.Sequence] = doubt;
            Assert.Equal(_exact.NextPosition(token.Sequence), Engine.NextPosition(token.Sequence));
            Assert.Equal(_exact.SlotOf(token.Sequence), Engine.SlotOf(token.Sequence));
        }
    }

    public void Clear(int sequence)
    {
        _exact.Clear(sequence);
        _rounded.Clear(sequence);
        Engine.Clear(sequence);
    }

    public void Copy(int source, int target)
    {
        _exact.Copy(source, target);
        _rounded.Copy(source, target);
        Engine.Copy(source, target);
        _doubts[target] = _doubts[source];
    }

    public void Snapshot(int sequence, int id) => _saved[id] = new Saved(
        Engine.Snapshot(sequence), _exact.Snapshot(sequence), _rounded.Snapshot(sequence), _doubts[sequence]);

    public void Restore(int sequence, int id)
    {
        Saved saved = _saved[id];
        Engine.Restore(sequence, saved.Engine);
        _exact.Restore(sequence, saved.Exact);
        _rounded.Restore(sequence, saved.Rounded);
        _doubts[sequence] = saved.Doubt;
    }

    public void Rollback(int sequence, int count)
    {
        _exact.Rollback(sequence, count);
        _rounded.Rollback(sequence, count);
        Engine.Rollback(sequence, count);
    }

    private Doubt Compare(BatchToken token, double[] exact, float[] rounded, float[] actual, int start, Doubt doubt)
    {
        double noise = doubt.Noise;
        for (int v = start; v < start + _vocabulary; v++)
            noise = Math.Max(noise, Math.Max(Math.Abs(exact[v] - rounded[v]), Math.Abs(exact[v]) * SingleUnit));
        doubt = doubt with { Noise = noise };
        if (doubt.IsTie)
        {
            Ties++;
            return doubt;
        }

        Rows++;
        for (int v = start; v < start + _vocabulary; v++)
        {
            double error = Math.Abs(actual[v] - exact[v]);
            if (!(error <= NoiseFactor * noise))
                Assert.Fail(
                    $"{_name}: sequence {token.Sequence} position {token.Position} logit {v - start}: expected {exact[v]:R} "
                    + $"actual {actual[v]:R} allowed {NoiseFactor * noise:E2} error {error:E2}");
            WorstRatio = Math.Max(WorstRatio, error / noise);
        }

        return doubt;
    }
}
