using Gdn.Harness.Schedules;

namespace Gdn.Harness.Checks;

/// <summary>
/// A sequence's logits do not depend on what other sequences say: with every other token replaced, in the same batches,
/// slots and lengths, they are the same bits. Needs no reference and no tolerance. Former tenants of a slot, and earlier
/// lives of the same sequence, are others too.
/// </summary>
public sealed class NonInterferenceCheck : IModelCheck
{
    private const int MaxWatched = 4;

    /// <inheritdoc/>
    public string Name => "non-interference";

    /// <inheritdoc/>
    public CheckOutcome Run(ModelCase @case, CancellationToken cancellation)
    {
        Schedule schedule = @case.Schedule;
        int runs = schedule.Steps.OfType<DecodeStep>().Sum(step => step.Runs.Count);
        SequenceLife[] lives = [.. Lineage.Of(schedule).Where(life => life.Ancestry.Count < runs)];
        var comparison = new RowComparison(Name, schedule, "bits, after replacing every other sequence's tokens");
        int watched = Math.Min(lives.Length, MaxWatched);
        for (int i = 0; i < watched; i++)
        {
            SequenceLife life = lives[i * lives.Length / watched];
            IReadOnlyList<LogitsRow> before = @case.Rows(cancellation);
            IReadOnlyList<LogitsRow> after = @case.RowsOf(
                ReplaceOthers(schedule, life, @case.Model.Config.Vocabulary), cancellation);
            for (int r = 0; r < before.Count; r++)
                if (Owns(life, schedule, before[r].Origin))
                    comparison.AddExact(before[r].Origin, before[r].Logits, after[r].Logits);
        }

        return comparison.Outcome;
    }

    private static bool Owns(SequenceLife life, Schedule schedule, RowOrigin origin)
    {
        var step = (DecodeStep)schedule.Steps[origin.Step];
        for (int r = 0; r < step.Runs.Count; r++)
            if (step.Runs[r].Sequence == origin.Sequence) return life.Own.Contains(new RunId(origin.Step, r));
        return false;
    }

    // The replacement of a token is a function of its place and value, so that shrinking does not change it.
    private static Schedule ReplaceOthers(Schedule schedule, SequenceLife life, int vocabulary) => schedule with
    {
        Steps = [.. schedule.Steps.Select((step, i) => step is not DecodeStep decode ? step : decode with
        {
            Runs = [.. decode.Runs.Select((run, r) => life.Ancestry.Contains(new RunId(i, r)) ? run : run with
            {
                Tokens = [.. run.Tokens.Select((token, n) => Another(token, n, vocabulary))],
            })],
        })],
    };

    private static int Another(int token, int index, int vocabulary)
    {
        if (vocabulary < 2) return token;
        var random = new SeededRandom(SeededRandom.Derive((ulong)token, (ulong)index));
        return (token + 1 + random.Next(vocabulary - 1)) % vocabulary;
    }
}
