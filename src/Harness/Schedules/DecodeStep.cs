using System.Text.Json.Serialization;
using Gdn.Reference.Batches;

namespace Gdn.Harness.Schedules;

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

    /// <inheritdoc/>
    public override void Accept(IStepVisitor visitor) => visitor.Visit(this);

    /// <inheritdoc/>
    public override string Describe() => "decode " + string.Join(" | ", Runs.Select(run => run.Describe()))
        + (Order is null ? "" : " interleaved " + string.Join(",", Order))
        + (LastOnly ? " (last logits only)" : "");

    /// <inheritdoc/>
    public override ScheduleStep Rename(Func<int, int> sequences) =>
        this with { Runs = [.. Runs.Select(run => run with { Sequence = sequences(run.Sequence) })] };

    /// <inheritdoc/>
    public override IEnumerable<ScheduleStep> Simpler()
    {
        if (Order is not null) yield return this with { Order = null };
        if (LastOnly) yield return this with { LastOnly = false };
        for (int r = 0; r < Runs.Count && Runs.Count > 1; r++)
            yield return WithRuns([.. Runs.Select((run, i) => i == r ? null : run)]);

        int longest = Runs.Max(run => run.Tokens.Count);
        foreach (int length in (int[])[1, longest / 2, longest - 1])
            if (length >= 1 && length < longest)
                yield return WithRuns([.. Runs.Select(run => run.Truncate(length))]);

        for (int r = 0; r < Runs.Count; r++)
        {
            SequenceRun run = Runs[r];
            if (run.Restart) yield return WithRun(r, run with { Restart = false });
            if (run.Silent) yield return WithRun(r, run with { Silent = false });
            foreach (int length in (int[])[1, run.Tokens.Count / 2, run.Tokens.Count - 1])
                if (length >= 1 && length < run.Tokens.Count) yield return WithRun(r, run.Truncate(length));
        }
    }

    /// <inheritdoc/>
    public override long Weight() => Runs.Sum(run => run.Weight())
        + (Order is null ? 0 : SequenceRun.OddityWeight) + (LastOnly ? SequenceRun.OddityWeight : 0);

    /// <inheritdoc/>
    public override ScheduleStep? Without(int sequence)
    {
        DecodeStep rest = WithRuns([.. Runs.Select(run => run.Sequence == sequence ? null : run)]);
        return rest.Runs.Count > 0 ? rest : null;
    }

    private bool IsOutput(int run, int token) =>
        !Runs[run].Silent && (!LastOnly || token == Runs[run].Tokens.Count - 1);

    private DecodeStep WithRun(int index, SequenceRun run) =>
        WithRuns([.. Runs.Select((old, i) => i == index ? run : old)]);

    // Each run as it is now, cut at its end, or left out; what stays is interleaved as it was.
    private DecodeStep WithRuns(IReadOnlyList<SequenceRun?> runs)
    {
        SequenceRun[] left = [.. runs.OfType<SequenceRun>()];
        if (Order is null) return this with { Runs = left };
        var index = new int[runs.Count];
        for (int i = 1; i < runs.Count; i++) index[i] = index[i - 1] + (runs[i - 1] is null ? 0 : 1);
        var taken = new int[runs.Count];
        int[] order = [.. Order.Where(run => runs[run] is { } kept && taken[run]++ < kept.Tokens.Count).Select(run => index[run])];
        return this with { Runs = left, Order = left.Length > 1 ? order : null };
    }
}
