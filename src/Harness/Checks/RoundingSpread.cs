using Gdn.Harness.Models;
using Gdn.Harness.Schedules;
using Gdn.Reference.Batches;
using Gdn.Reference.Engines;
using Gdn.Reference.Models;

namespace Gdn.Harness.Checks;

/// <summary>
/// Between which values single precision puts every logit of a schedule: the same code, several times, with its sums in another order.
/// </summary>
/// <remarks>
/// One after the other, and only the extremes are kept: the states of all sequences and planes, of every run at once, would be most of the
/// memory that a campaign takes.
/// </remarks>
internal sealed class RoundingSpread : IScheduleTarget
{
    private readonly List<(float[] Least, float[] Most)> _batches = [];
    private ReferencePlay<float> _play;
    private int _batch;

    private RoundingSpread(ReferencePlay<float> play) => _play = play;

    /// <summary>Plays the schedule in every order of sums that the model has.</summary>
    public static RoundingSpread Of(
        Schedule schedule, LoadedModel model, EngineCapabilities capabilities, CancellationToken cancellation)
    {
        RoundingSpread? spread = null;
        foreach (ReferenceModel<float> rounding in model.Roundings)
        {
            BatchLimits limits = model.Limits(schedule.Slots);
            var play = new ReferencePlay<float>(
                rounding.Keeping(capabilities.States, capabilities.Caches), limits, schedule.Planes, capabilities);
            spread ??= new RoundingSpread(play);
            (spread._play, spread._batch) = (play, 0);
            schedule.Play(new ScheduleRules(limits, capabilities), spread, cancellation);
        }

        return spread ?? throw new InvalidOperationException("A model without roundings.");
    }

    /// <summary>The largest difference of a value from what single precision makes of it; NaN where that is one.</summary>
    /// <param name="batch">Which batch of the schedule, from 0.</param>
    /// <param name="logit">Which of its logits.</param>
    /// <param name="exact">The value in double precision.</param>
    public double LargestError(int batch, int logit, double exact)
    {
        (float[] least, float[] most) = _batches[batch];
        return Math.Max(exact - least[logit], most[logit] - exact);
    }

    /// <inheritdoc/>
    public void Begin(int step)
    {
    }

    /// <inheritdoc/>
    public void Decode(TokenBatch batch)
    {
        float[] logits = _play.Decode(batch).Logits;
        if (_batch++ == _batches.Count)
        {
            _batches.Add((logits, [.. logits]));
            return;
        }

        (float[] least, float[] most) = _batches[_batch - 1];
        for (int i = 0; i < logits.Length; i++)
        {
            least[i] = Math.Min(least[i], logits[i]);
            most[i] = Math.Max(most[i], logits[i]);
        }
    }

    /// <inheritdoc/>
    public void Clear(int sequence) => _play.Clear(sequence);

    /// <inheritdoc/>
    public void Copy(int source, int target) => _play.Copy(source, target);

    /// <inheritdoc/>
    public void Snapshot(int sequence, int snapshot) => _play.Snapshot(sequence, snapshot);

    /// <inheritdoc/>
    public void Restore(int sequence, int snapshot) => _play.Restore(sequence, snapshot);

    /// <inheritdoc/>
    public void Rollback(int sequence, int count) => _play.Rollback(sequence, count);

    /// <inheritdoc/>
    public void Refuse(TokenBatch batch)
    {
    }
}
