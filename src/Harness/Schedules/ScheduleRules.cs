using Gdn.Reference.Batches;
using Gdn.Reference.Engines;
using static System.FormattableString;

namespace Gdn.Harness.Schedules;

/// <summary>What schedules keep to: the limits of the model, and what the engine declares that it can do.</summary>
public sealed record ScheduleRules
{
    /// <summary>Rules for an engine.</summary>
    /// <param name="limits">What batches keep to; <see cref="BatchLimits.MaxSequences"/> is np.</param>
    /// <param name="capabilities">What the engine declares; null for everything.</param>
    public ScheduleRules(BatchLimits limits, EngineCapabilities? capabilities = null)
    {
        Capabilities = capabilities ?? new EngineCapabilities();
        Limits = limits with
        {
            MaxBatchTokens = Math.Min(limits.MaxBatchTokens, Capabilities.MaxBatchTokens),
            MaxPositions = Math.Min(limits.MaxPositions, Capabilities.MaxPositions),
        };
    }

    /// <summary>What batches keep to, on this model and this engine.</summary>
    public BatchLimits Limits { get; private init; }

    /// <summary>What the engine declares.</summary>
    public EngineCapabilities Capabilities { get; }

    /// <summary>What schedules hold nothing of because the engine does not declare it, in words.</summary>
    public IReadOnlyList<string> Undeclared
    {
        get
        {
            var words = new List<string>();
            if (Capabilities.Rollback == RollbackSupport.None) words.Add("rollbacks");
            else if (Capabilities.Rollback == RollbackSupport.OncePerBatch) words.Add("a second rollback after a batch");
            if (Capabilities.Rollback != RollbackSupport.None && Capabilities.RollbackDepth < int.MaxValue)
                words.Add(Invariant($"rollbacks of more than {Capabilities.RollbackDepth} tokens"));
            if (!Capabilities.Copies) words.Add("copies");
            if (!Capabilities.Snapshots) words.Add("snapshots");
            if (Capabilities.RaggedBatches == BatchHandling.Refused) words.Add("ragged batches");
            if (Capabilities.InterleavedBatches == BatchHandling.Refused) words.Add("interleaved batches");
            if (Capabilities.MaxBatchTokens < int.MaxValue)
                words.Add(Invariant($"batches of more than {Capabilities.MaxBatchTokens} tokens"));
            if (Capabilities.MaxPositions < int.MaxValue)
                words.Add(Invariant($"sequences of more than {Capabilities.MaxPositions} tokens"));
            return words;
        }
    }

    /// <summary>The limits alone: those of an engine that declares everything.</summary>
    public static implicit operator ScheduleRules(BatchLimits limits) => new(limits);

    /// <summary>The same rules for another number of slots.</summary>
    public ScheduleRules For(int slots) => this with { Limits = Limits with { MaxSequences = slots } };

    /// <summary>Whether an engine with these rules is offered a batch of this form.</summary>
    public bool Allows(SequenceDecomposition batch) =>
        (batch.IsUniform || Capabilities.RaggedBatches != BatchHandling.Refused)
        && (batch.IsContiguous || Capabilities.InterleavedBatches != BatchHandling.Refused);

    /// <summary>
    /// A batch in as few parts as the engine takes: by length where it must be uniform, up to its capacity, and a run that is
    /// longer than that in slices.
    /// </summary>
    public IEnumerable<DecodeStep> PartsOf(DecodeStep batch)
    {
        bool mustBeUniform = Capabilities.RaggedBatches == BatchHandling.Refused;
        if (Capabilities.InterleavedBatches == BatchHandling.Refused) batch = batch with { Order = null };
        // Of an engine that declares no tokens at all, every step is dropped later.
        int longest = Math.Max(1, Limits.MaxBatchTokens);
        var slices = new List<List<SequenceRun>>();
        var parts = new List<List<SequenceRun>>();
        foreach (SequenceRun whole in batch.Runs)
        {
            SequenceRun run = whole;
            while (run.Tokens.Count > longest)
            {
                slices.Add([run.Truncate(longest) with { Silent = run.Silent || batch.LastOnly }]);
                run = run with { Tokens = [.. run.Tokens.Skip(longest)], Restart = false };
            }

            List<SequenceRun>? fitting = parts.Find(part =>
                (!mustBeUniform || part[0].Tokens.Count == run.Tokens.Count)
                && part.Sum(other => other.Tokens.Count) + run.Tokens.Count <= Limits.MaxBatchTokens);
            if (fitting is null) parts.Add([run]);
            else fitting.Add(run);
        }

        // All slices come before the parts, where the ends of their runs are.
        return slices.Count + parts.Count <= 1
            ? [batch]
            : slices.Concat(parts).Select(part => batch with { Runs = part, Order = null });
    }
}
