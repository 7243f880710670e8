using Gdn.Harness.Schedules;

namespace Gdn.Harness.Checks;

/// <summary>It does not matter in which order the sequences of a batch stand.</summary>
public sealed class BatchOrderCheck()
    : VariantCheck("batch-order", "with the sequences of every batch in reverse order")
{
    /// <inheritdoc/>
    internal override IEnumerable<Variant> VariantsOf(ModelCase @case)
    {
        Schedule schedule = @case.Schedule;
        if (!schedule.Steps.OfType<DecodeStep>().Any(step => step.Runs.Count > 1)) return [];
        return
        [
            Variant.OfSameHistories(schedule, schedule.WithBatches(
                (_, batch) => batch with { Runs = [.. batch.Runs.Reverse()], Order = null })),
        ];
    }
}
