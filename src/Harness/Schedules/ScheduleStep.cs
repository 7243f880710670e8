using System.Text.Json.Serialization;
using Gdn.Reference.Batches;

namespace Gdn.Harness.Schedules;

/// <summary>One step of a schedule: a batch, or an operation on a sequence's state.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "op")]
[JsonDerivedType(typeof(DecodeStep), "decode")]
[JsonDerivedType(typeof(ClearStep), "clear")]
[JsonDerivedType(typeof(CopyStep), "copy")]
[JsonDerivedType(typeof(SnapshotStep), "snapshot")]
[JsonDerivedType(typeof(RestoreStep), "restore")]
[JsonDerivedType(typeof(RollbackStep), "rollback")]
[JsonDerivedType(typeof(RefusedStep), "refuse")]
public abstract record ScheduleStep;

/// <summary>Decodes one batch.</summary>
/// <param name="Runs">The tokens of each sequence; no sequence twice.</param>
/// <param name="Order">
/// For each batch position, the index of the run whose next token stands there; null for one run after the other.
/// </param>
/// <param name="LastOnly">Whether logits are wanted for each run's last token at most, as when serving.</param>
public sealed record DecodeStep(
    IReadOnlyList<SequenceRun> Runs, IReadOnlyList<int>? Order = null, bool LastOnly = false) : ScheduleStep
{
    /// <summary>Tokens in the batch.</summary>
    [JsonIgnore]
    public int TokenCount => Runs.Sum(run => run.Tokens.Count);

    /// <summary>For each batch position, the index of its run.</summary>
    [JsonIgnore]
    public IEnumerable<int> BatchOrder =>
        Order ?? Runs.SelectMany((run, index) => Enumerable.Repeat(index, run.Tokens.Count));

    /// <summary>For each row of logits that the step makes, the index of its run and that of its token in the run.</summary>
    [JsonIgnore]
    public IEnumerable<(int Run, int Token)> Rows
    {
        get
        {
            var taken = new int[Runs.Count];
            foreach (int run in BatchOrder)
            {
                int token = taken[run]++;
                if (IsOutput(run, token)) yield return (run, token);
            }
        }
    }

    /// <summary>The batch, with each run continuing at the position that <paramref name="nextPosition"/> gives.</summary>
    public TokenBatch ToBatch(Func<int, int> nextPosition)
    {
        int[] first = [.. Runs.Select(run => run.Restart ? 0 : nextPosition(run.Sequence))];
        var taken = new int[Runs.Count];
        return new TokenBatch(BatchOrder.Select(index =>
        {
            SequenceRun run = Runs[index];
            int n = taken[index]++;
            return new BatchToken(run.Tokens[n], run.Sequence, first[index] + n, IsOutput(index, n));
        }));
    }

    private bool IsOutput(int run, int token) =>
        !Runs[run].Silent && (!LastOnly || token == Runs[run].Tokens.Count - 1);
}

/// <summary>Tokens of one sequence within a batch.</summary>
/// <param name="Sequence">The sequence.</param>
/// <param name="Tokens">At least one token id.</param>
/// <param name="Restart">Whether the sequence starts afresh at position 0 although it exists.</param>
/// <param name="Silent">Whether none of its logits are wanted: a slice of a prompt that goes on in a later batch.</param>
public sealed record SequenceRun(int Sequence, IReadOnlyList<int> Tokens, bool Restart = false, bool Silent = false);

/// <summary>Forgets a sequence and frees its slot.</summary>
public sealed record ClearStep(int Sequence) : ScheduleStep;

/// <summary>Makes <paramref name="Target"/> a copy of <paramref name="Source"/>.</summary>
public sealed record CopyStep(int Source, int Target) : ScheduleStep;

/// <summary>Keeps a copy of the sequence's state under a number.</summary>
public sealed record SnapshotStep(int Sequence, int Snapshot) : ScheduleStep;

/// <summary>Sets the sequence to a kept state.</summary>
public sealed record RestoreStep(int Sequence, int Snapshot) : ScheduleStep;

/// <summary>Takes back the sequence's last tokens.</summary>
public sealed record RollbackStep(int Sequence, int Count) : ScheduleStep;

/// <summary>Offers a batch that must be refused and change nothing.</summary>
/// <param name="Runs">Tokens of each sequence, one of them at least not acceptable.</param>
public sealed record RefusedStep(IReadOnlyList<SequenceRun> Runs) : ScheduleStep
{
    /// <summary>A token that no vocabulary has.</summary>
    public const int NoToken = -1;

    /// <summary>The batch.</summary>
    public TokenBatch ToBatch(Func<int, int> nextPosition) => new DecodeStep(Runs).ToBatch(nextPosition);
}
