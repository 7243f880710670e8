using Gdn.Harness.Schedules;
using Gdn.Reference.Batches;
using Gdn.Reference.Models;
using Gdn.Reference.State;

namespace Gdn.Harness.Checks;

/// <summary>
/// The reference in double precision and, in lockstep, the same code in single precision: what is right, and how far
/// from it rounding alone takes an engine on this very case.
/// </summary>
/// <remarks>
/// For each sequence the noise is the largest difference between the two so far, over all logits. An engine that computes
/// in single precision is allowed <see cref="NoiseFactor"/> times that: it may sum in another order, but it cannot be
/// much worse. It does not verify engines that declare lower precision, nor the float type itself.
/// </remarks>
public sealed class Oracle : IScheduleTarget
{
    /// <summary>
    /// How many times the reference's own single-precision error another order of summation may make. Correct engines
    /// stay below 3 (measured over random schedules of every architecture); state faults exceed it a thousandfold.
    /// </summary>
    public const double NoiseFactor = 8;

    /// <summary>
    /// Router margins below this many times the noise count as ties: the router's logits come from the same hidden
    /// states as the noise, but from any layer.
    /// </summary>
    private const double TieFactor = 64;

    private const double SingleUnit = 1.0 / (1 << 24);

    // What is uncertain about a sequence so far; goes wherever its state goes.
    private readonly record struct Doubt(double Noise, bool IsRouterTie);

    private readonly ReferenceEngine<double> _exact;
    private readonly ReferenceEngine<float> _rounded;
    private readonly int _vocabulary;
    private readonly RowRecorder _recorder = new();
    private readonly Dictionary<int, Doubt> _doubts = [];
    private readonly Dictionary<int, (SequenceState Exact, SequenceState Rounded, Doubt Doubt)> _snapshots = [];
    private readonly List<OracleRow> _rows = [];
    private int _step;

    private Oracle(ReferenceModel<double> exact, ReferenceModel<float> rounded, BatchLimits limits, int planes)
    {
        _exact = new ReferenceEngine<double>(exact, limits, planes);
        _rounded = new ReferenceEngine<float>(rounded, limits, planes);
        _vocabulary = limits.Vocabulary;
    }

    /// <summary>Plays the schedule on the reference.</summary>
    /// <returns>The rows in the order of their computation, as <see cref="EngineRun.Of"/> returns them.</returns>
    public static IReadOnlyList<OracleRow> Run(
        Schedule schedule, ReferenceModel<double> exact, ReferenceModel<float> rounded, BatchLimits limits,
        CancellationToken cancellation)
    {
        var oracle = new Oracle(exact, rounded, limits, schedule.Planes);
        schedule.Play(oracle, cancellation);
        return oracle._rows;
    }

    /// <inheritdoc/>
    public void Begin(int step) => _step = step;

    /// <inheritdoc/>
    public int NextPosition(int sequence) => _exact.NextPosition(sequence);

    /// <inheritdoc/>
    public void Decode(TokenBatch batch)
    {
        var exact = new double[batch.OutputCount * _vocabulary];
        var rounded = new float[exact.Length];
        var margins = new double[batch.Count];
        _exact.Decode(batch, exact, margins);
        _rounded.Decode(batch, rounded);

        IReadOnlyList<(RowOrigin Origin, int Token)> origins = _recorder.Record(_step, batch, _exact.SlotOf);
        foreach (BatchToken token in batch.Tokens)
            if (token.Position == 0) _doubts.Remove(token.Sequence);

        // A margin is judged by the noise of the next row: margins of tokens without one wait for it. Every run's last
        // token has a row, so none waits beyond the batch.
        int row = 0;
        var waiting = new Dictionary<int, double>();
        for (int i = 0; i < batch.Count; i++)
        {
            int sequence = batch.Tokens[i].Sequence;
            double margin = Math.Min(margins[i], waiting.GetValueOrDefault(sequence, double.PositiveInfinity));
            waiting[sequence] = margin;
            if (!batch.Tokens[i].Output) continue;

            double[] logits = exact[(row * _vocabulary)..((row + 1) * _vocabulary)];
            double largest = 0;
            Doubt doubt = _doubts.GetValueOrDefault(sequence);
            double noise = doubt.Noise;
            for (int v = 0; v < _vocabulary; v++)
            {
                largest = Math.Max(largest, Math.Abs(logits[v]));
                noise = Math.Max(noise, Math.Abs(logits[v] - rounded[row * _vocabulary + v]));
            }

            // On a short sequence the two may agree by chance: rounding the logits themselves is always allowed.
            noise = Math.Max(noise, largest * SingleUnit);
            doubt = new Doubt(noise, doubt.IsRouterTie || margin < TieFactor * noise);
            _doubts[sequence] = doubt;
            waiting.Remove(sequence);
            _rows.Add(new OracleRow(origins[row].Origin, logits, NoiseFactor * noise, doubt.IsRouterTie));
            row++;
        }
    }

    /// <inheritdoc/>
    public void Clear(int sequence)
    {
        _exact.Clear(sequence);
        _rounded.Clear(sequence);
        _doubts.Remove(sequence);
    }

    /// <inheritdoc/>
    public void Copy(int source, int target)
    {
        _exact.Copy(source, target);
        _rounded.Copy(source, target);
        _doubts[target] = _doubts[source];
    }

    /// <inheritdoc/>
    public void Snapshot(int sequence, int snapshot) =>
        _snapshots[snapshot] = (_exact.Snapshot(sequence), _rounded.Snapshot(sequence), _doubts[sequence]);

    /// <inheritdoc/>
    public void Restore(int sequence, int snapshot)
    {
        (SequenceState exact, SequenceState rounded, Doubt doubt) = _snapshots[snapshot];
        _exact.Restore(sequence, exact);
        _rounded.Restore(sequence, rounded);
        _doubts[sequence] = doubt;
    }

    /// <inheritdoc/>
    public void Rollback(int sequence, int count)
    {
        _exact.Rollback(sequence, count);
        _rounded.Rollback(sequence, count);
    }

}
