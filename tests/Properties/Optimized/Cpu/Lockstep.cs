using Gdn.Harness;
using Gdn.Harness.Schedules;
using Gdn.Optimized.Batching;
using Gdn.Optimized.Cpu;
using Gdn.Reference;
using Gdn.Reference.Batches;
using Gdn.Reference.Engines;
using Gdn.Reference.Models;
using Gdn.Reference.State;
using Xunit;

namespace Gdn.Properties.Optimized.Cpu;

/// <summary>
/// The engine side by side with the reference in double and in single precision. Every logit must be as close to the
/// double one as the single one explains: within <see cref="NoiseFactor"/> times the largest difference of the two over
/// the whole case. A single row would not do as a measure: two correct orders of summation differ in luck.
/// </summary>
internal sealed class Lockstep : IScheduleTarget
{
    // 600 random cases of a right engine: half below 1.1, 99 in 100 below 4, the worst 7.6. A wrong state is off by thousands.
    private const double NoiseFactor = 8;

    // A router that chooses by less than this may rightly choose otherwise in another precision.
    private const double TieMargin = 1e-4;

    private sealed record Saved(IStateSnapshot Engine, SequenceState Exact, SequenceState Rounded, bool IsTied);

    private readonly ReferenceEngine<double> _exact;
    private readonly ReferenceEngine<float> _rounded;
    private readonly HashSet<int> _tied = [];
    private readonly Dictionary<int, Saved> _saved = [];
    private readonly int _vocabulary, _maxPositions;
    private readonly string _name;
    private readonly SeededRandom? _drafting;
    private double _noise, _worstError;
    private int _step;
    private string _worst = "";

    /// <summary>Makes the engines.</summary>
    /// <param name="states">How the reference in single precision keeps its states: as the engine declares.</param>
    public Lockstep(RandomModel model, CpuOptions options, string name, StateFormat states = StateFormat.F32)
    {
        ModelConfig config = model.Config;
        EngineOptions engine = options.Engine;
        Engine = CpuEngines.Make(options);
        _exact = new ReferenceEngine<double>(model.Exact, engine.Limits, engine.Planes, engine.Drafts);
        _rounded = new ReferenceEngine<float>(model.Rounded.Keeping(states), engine.Limits, engine.Planes, engine.Drafts);
        _drafting = engine.Drafts ? new SeededRandom(1) : null;
        _vocabulary = config.Vocabulary;
        _maxPositions = engine.MaxPositions;
        _name = name;
    }

    public BatchedEngine Engine { get; }

    /// <summary>Rows that were compared.</summary>
    public int Rows { get; private set; }

    /// <summary>Drafted rows among them.</summary>
    public int Drafts { get; private set; }

    /// <summary>Rows left out because of a router tie.</summary>
    public int Ties { get; private set; }

    /// <summary>Largest error of the engine over that of the reference.</summary>
    public double Ratio => _worstError / _noise;

    public void Begin(int step) => _step = step;

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
            if (token.Position == 0) _tied.Remove(token.Sequence);
            if (margins[i] < TieMargin) _tied.Add(token.Sequence);
            if (token.Output) Compare(token, exact, rounded, actual, row++ * _vocabulary);
            Assert.Equal(_exact.NextPosition(token.Sequence), Engine.NextPosition(token.Sequence));
            Assert.Equal(_exact.SlotOf(token.Sequence), Engine.SlotOf(token.Sequence));
        }
    }

    /// <summary>Fails unless every row so far is as close as rounding explains.</summary>
    public void Verify() => Assert.True(
        _worstError <= NoiseFactor * _noise,
        $"{_name}: {_worst} error {_worstError:E2} allowed {NoiseFactor * _noise:E2}");

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
        Tie(target, _tied.Contains(source));
    }

    public void Snapshot(int sequence, int snapshot) => _saved[snapshot] = new Saved(
        Engine.Snapshot(sequence), _exact.Snapshot(sequence), _rounded.Snapshot(sequence), _tied.Contains(sequence));

    public void Restore(int sequence, int snapshot)
    {
        Saved saved = _saved[snapshot];
        Engine.Restore(sequence, saved.Engine);
        _exact.Restore(sequence, saved.Exact);
        _rounded.Restore(sequence, saved.Rounded);
        Tie(sequence, saved.IsTied);
    }

    public void Rollback(int sequence, int count)
    {
        _exact.Rollback(sequence, count);
        _rounded.Rollback(sequence, count);
        Engine.Rollback(sequence, count);
    }

    public void Refuse(TokenBatch batch)
    {
        var logits = new float[batch.OutputCount * _vocabulary];
        Assert.Throws<InputException>(() => _exact.Decode(batch, new double[logits.Length]));
        Assert.Throws<InputException>(() => _rounded.Decode(batch, logits));
        Assert.Throws<InputException>(() => Engine.Decode(batch, logits));
    }

    /// <summary>Drafts some of the sequences, as far as each happens to be, on random tokens.</summary>
    public void End(ScheduleTracker expected)
    {
        if (_drafting is null) return;
        int steps = _drafting.Next(4);
        for (int step = 0; step < steps; step++)
        {
            DraftToken[] tokens = [.. expected.Live
                .Where(sequence => Engine.NextPosition(sequence) + step < _maxPositions && _drafting.Next(3) > 0)
                .Select(sequence => new DraftToken(sequence, _drafting.Next(_vocabulary)))];
            var exact = new double[tokens.Length * _vocabulary];
            float[] rounded = new float[exact.Length], actual = new float[exact.Length];
            Array.Fill(actual, float.NaN);
            _exact.Draft(tokens, exact);
            _rounded.Draft(tokens, rounded);
            Engine.Draft(tokens, actual);
            Drafts += tokens.Length;
            for (int i = 0; i < tokens.Length; i++)
            {
                var token = new BatchToken(tokens[i].Token, tokens[i].Sequence, Engine.NextPosition(tokens[i].Sequence), Output: true);
                Compare(token, exact, rounded, actual, i * _vocabulary);
            }
        }
    }

    private void Tie(int sequence, bool isTied)
    {
        if (isTied) _tied.Add(sequence);
        else _tied.Remove(sequence);
    }

    private void Compare(BatchToken token, double[] exact, float[] rounded, float[] actual, int start)
    {
        if (_tied.Contains(token.Sequence))
        {
            Ties++;
            return;
        }

        Rows++;
        for (int v = start; v < start + _vocabulary; v++)
        {
            _noise = Math.Max(_noise, Math.Abs(exact[v] - rounded[v]));
            double error = Math.Abs(actual[v] - exact[v]);
            if (error <= _worstError) continue;
            _worstError = double.IsNaN(error) ? double.PositiveInfinity : error;
            _worst = $"step {_step} sequence {token.Sequence} position {token.Position} logit {v - start}: expected {exact[v]:R} "
                + $"actual {actual[v]:R}";
        }
    }
}
