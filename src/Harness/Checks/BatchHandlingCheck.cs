using Gdn.Harness.Schedules;
using Gdn.Reference.Batches;
using Gdn.Reference.Engines;
using static System.FormattableString;

namespace Gdn.Harness.Checks;

/// <summary>
/// An engine that declares to run a kind of batch in one pass does: by its own counts it split no more batches than it may, and
/// fell back for none. Right answers, but slowly. Compares no logits, and believes the counts: of an engine that does not count it
/// sees nothing.
/// </summary>
public sealed class BatchHandlingCheck : IModelCheck
{
    /// <inheritdoc/>
    public string Name => "one-pass";

    /// <inheritdoc/>
    public CheckOutcome Run(ModelCase @case, CancellationToken cancellation)
    {
        EngineRun run = @case.Run(cancellation);
        EngineCapabilities declared = run.Info.Capabilities;
        int maySplit = 0;
        int? firstWhole = null, firstUniform = null;
        for (int i = 0; i < @case.Schedule.Steps.Count; i++)
        {
            if (@case.Schedule.Steps[i] is not DecodeStep step) continue;
            SequenceDecomposition batch = SequenceDecomposition.Of(step.ToBatch(_ => 0));
            if (batch.IsUniform && batch.IsContiguous)
            {
                if (batch.SequenceCount > 1) firstUniform ??= i;
            }
            else if (IsOnePass(batch, declared))
            {
                firstWhole ??= i;
            }
            else
            {
                maySplit++;
            }
        }

        if (declared.UniformBatches == BatchHandling.OnePass && run.Counters.Fallbacks > 0)
            return Found(
                @case, firstUniform,
                Invariant($"counts {run.Counters.Fallbacks} fallbacks, although it declares one pass for uniform batches"));
        bool promises = declared.RaggedBatches == BatchHandling.OnePass || declared.InterleavedBatches == BatchHandling.OnePass;
        return promises && run.Counters.SplitBatches > maySplit
            ? Found(
                @case, firstWhole,
                Invariant($"counts {run.Counters.SplitBatches} split batches; by its declaration at most {maySplit} may be split"))
            : CheckOutcome.NotApplicable;
    }

    private static bool IsOnePass(SequenceDecomposition batch, EngineCapabilities declared) =>
        (batch.IsUniform || declared.RaggedBatches == BatchHandling.OnePass)
        && (batch.IsContiguous || declared.InterleavedBatches == BatchHandling.OnePass);

    private CheckOutcome Found(ModelCase @case, int? step, string what) => new(0, 0, new Discrepancy(
        Name, @case.Schedule.Slots, new RowOrigin(step ?? 0, Sequence: -1, Position: -1, Slot: -1), Token: -1, double.NaN,
        double.NaN, 0, 0, 0, $"the engine {what}")
    {
        Symptom = new Symptom(SymptomKind.SplitBatches),
    });
}
