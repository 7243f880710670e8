using Gdn.Harness.Models;
using Gdn.Harness.Schedules;
using Gdn.Reference;
using Gdn.Reference.Batches;
using Gdn.Reference.Engines;

namespace Gdn.Harness.Checks;

/// <summary>
/// The reference in double precision and, before it, the same code in single precision, several times with its sums in
/// another order: what is right, and how far from it rounding alone takes an engine on this very case.
/// </summary>
/// <remarks>
/// For each sequence the noise is the largest difference between exact and single precision so far, over all logits. An
/// engine that computes in single precision is allowed <see cref="NoiseFactor"/> times that. Where the engine declares to
/// keep its states, or its keys and values, in 16 bits, so do the samples in single precision, rounded at the same places. Of an
/// engine that does not declare its arithmetic <see cref="MeasuredNoise"/> says how many times the noise its errors may be. It does
/// not verify engines that declare lower precision elsewhere, nor the float type itself.
/// </remarks>
public sealed class Oracle : IScheduleTarget
{
    /// <summary>
    /// How many times the noise an engine's error may be. Over the first tokens of sequences, where a nearly orthogonal
    /// query and key make the worst cases, correct engines were seen at 4 at most (docs/verdicts.md); state faults are a
    /// thousandfold beyond.
    /// </summary>
    public const double NoiseFactor = 32;

    /// <summary>
    /// Router margins below this many times the noise count as ties: the router's logits come from the same hidden
    /// states as the noise, but from any layer.
    /// </summary>
    private const double TieFactor = 64;

    private const double SingleUnit = 1.0 / (1 << 24);

    // What is uncertain about a sequence so far; goes wherever its state goes. Margins are judged by the noise of the next row:
    // the least of those without one waits for it.
    private readonly record struct Doubt(double Noise, bool IsRouterTie, double WaitingMargin)
    {
        public static Doubt None { get; } = new(0, false, double.PositiveInfinity);
    }

    private readonly ReferencePlay<double> _exact;
    private readonly RoundingSpread _spread;
    private readonly MeasuredNoise _arithmetic;
    private readonly string _model;
    private readonly int _vocabulary;
    private readonly Dictionary<int, Doubt> _doubts = [], _doubtsBefore = [], _doubtsOfSnapshots = [];
    private readonly List<OracleRow> _rows = [];
    private int _step, _batch;

    private Oracle(LoadedModel model, Schedule schedule, EngineCapabilities capabilities, MeasuredNoise arithmetic, RoundingSpread spread)
    {
        (_arithmetic, _spread, _model) = (arithmetic, spread, model.Name);
        BatchLimits limits = model.Limits(schedule.Slots);
        _exact = new ReferencePlay<double>(model.Exact, limits, schedule.Planes, capabilities);
        _vocabulary = limits.Vocabulary;
    }

    /// <summary>Plays the schedule on the reference.</summary>
    /// <param name="schedule">The schedule.</param>
    /// <param name="model">The model.</param>
    /// <param name="capabilities">What the engine declares: how it keeps states and caches, and what it can take back.</param>
    /// <param name="arithmetic">How far from single precision the engine's arithmetic is.</param>
    /// <returns>The rows in the order of their computation, as <see cref="EngineRun.Of"/> returns them.</returns>
    public static IReadOnlyList<OracleRow> Run(
        Schedule schedule, LoadedModel model, EngineCapabilities capabilities, MeasuredNoise arithmetic,
        CancellationToken cancellation)
    {
        var oracle = new Oracle(
            model, schedule, capabilities, arithmetic, RoundingSpread.Of(schedule, model, capabilities, cancellation));
        schedule.Play(new ScheduleRules(model.Limits(schedule.Slots), capabilities), oracle, cancellation);
        return oracle._rows;
    }

    /// <inheritdoc/>
    public void Begin(int step) => _step = step;

    /// <inheritdoc/>
    public void Decode(TokenBatch batch)
    {
        foreach (BatchToken token in batch.Tokens)
            _doubtsBefore[token.Sequence] = _doubts.GetValueOrDefault(token.Sequence, Doubt.None);
        (double[] exact, double[] margins) = _exact.Decode(batch);
        double[] errors = RoundingErrors(batch, exact);
        if (!errors.All(double.IsFinite)) throw NotFinite();

        IReadOnlyList<RowOrigin> origins = RowOrigin.Of(_step, batch, _exact.SlotOf);
        foreach (BatchToken token in batch.Tokens)
            if (token.Position == 0) _doubts.Remove(token.Sequence);

        int row = 0;
        for (int i = 0; i < batch.Count; i++)
        {
            int sequence = batch.Tokens[i].Sequence;
            Doubt before = _doubts.GetValueOrDefault(sequence, Doubt.None);
            double margin = Math.Min(margins[i], before.WaitingMargin);
            if (!batch.Tokens[i].Output)
            {
                _doubts[sequence] = before with { WaitingMargin = margin };
                continue;
            }

            double noise = Math.Max(before.Noise, errors[row]);
            bool isRouterTie = before.IsRouterTie || margin < TieFactor * _arithmetic.Scale * noise;
            _doubts[sequence] = Doubt.None with { Noise = noise, IsRouterTie = isRouterTie };
            double[] logits = exact[(row * _vocabulary)..((row + 1) * _vocabulary)];
            _rows.Add(new OracleRow(origins[row], logits, _arithmetic.Allowed(noise, logits), isRouterTie));
            row++;
        }
    }

    /// <inheritdoc/>
    public void Clear(int sequence)
    {
        _exact.Clear(sequence);
        _doubts.Remove(sequence);
    }

    /// <inheritdoc/>
    public void Copy(int source, int target)
    {
        _exact.Copy(source, target);
        _doubts[target] = _doubts[source];
    }

    /// <inheritdoc/>
    public void Snapshot(int sequence, int snapshot)
    {
        _exact.Snapshot(sequence, snapshot);
        _doubtsOfSnapshots[snapshot] = _doubts[sequence];
    }

    /// <inheritdoc/>
    public void Restore(int sequence, int snapshot)
    {
        _exact.Restore(sequence, snapshot);
        _doubts[sequence] = _doubtsOfSnapshots[snapshot];
    }

    /// <inheritdoc/>
    public void Rollback(int sequence, int count)
    {
        if (_exact.Rollback(sequence, count)) _doubts[sequence] = _doubtsBefore[sequence];
    }

    /// <inheritdoc/>
    public void Refuse(TokenBatch batch)
    {
    }

    // Nothing can be held against an engine here.
    private InputException NotFinite() => new(
        $"model '{_model}'", "the reference itself computes logits that are NaN or infinite",
        "its weights or constants are not those of a model that works: use another");

    // Per row, the largest error of any logit in single precision; rounding the exact logits themselves is the least.
    private double[] RoundingErrors(TokenBatch batch, double[] exact)
    {
        var errors = new double[batch.OutputCount];
        for (int i = 0; i < exact.Length; i++)
        {
            double error = Math.Max(SingleUnit * Math.Abs(exact[i]), _spread.LargestError(_batch, i, exact[i]));
            errors[i / _vocabulary] = Math.Max(errors[i / _vocabulary], error);
        }

        _batch++;
        return errors;
    }
}
