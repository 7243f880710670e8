using Gdn.Harness.Schedules;

namespace Gdn.Harness.Checks;

/// <summary>
/// A sequence's logits do not depend on what other sequences say: with every other token replaced, in the same batches,
/// slots and lengths, they are the same bits. Needs no reference and no tolerance. Former tenants of a slot, and earlier
/// lives of the same sequence, are others too.
/// </summary>
public sealed class NonInterferenceCheck()
    : VariantCheck("non-interference", "bits, after replacing every other sequence's tokens", isExact: true)
{
    private const int MaxWatched = 4;

    /// <inheritdoc/>
    internal override IEnumerable<Variant> VariantsOf(ModelCase @case)
    {
        Schedule schedule = @case.Schedule;
        RunId[] rows = [.. schedule.Steps.SelectMany((step, i) =>
            step is DecodeStep decode ? decode.Rows.Select(row => new RunId(i, row.Run)) : [])];
        int runs = rows.Distinct().Count();
        SequenceLife[] lives = [.. Lineage.Of(schedule).Where(life => life.Ancestry.Count < runs)];
        int watched = Math.Min(lives.Length, MaxWatched);
        for (int i = 0; i < watched; i++)
        {
            SequenceLife life = lives[i * lives.Length / watched];
            yield return new Variant(
                ReplaceOthers(schedule, life, @case.Model.Config.Vocabulary),
                [.. Enumerable.Range(0, rows.Length).Where(row => life.Own.Contains(rows[row])).Select(row => (row, row))]);
        }
    }

    // The replacement of a token is a function of its place and value, so that shrinking does not change it.
    private static Schedule ReplaceOthers(Schedule schedule, SequenceLife life, int vocabulary) =>
        schedule.WithBatches((step, batch) => batch with
        {
            Runs = [.. batch.Runs.Select((run, r) => life.Ancestry.Contains(new RunId(step, r)) ? run : run with
            {
                Tokens = [.. run.Tokens.Select((token, n) => Another(token, n, vocabulary))],
            })],
        });

    private static int Another(int token, int index, int vocabulary)
    {
        if (vocabulary < 2) return token;
        var random = new SeededRandom(SeededRandom.Derive((ulong)token, (ulong)index));
        return (token + 1 + random.Next(vocabulary - 1)) % vocabulary;
    }
}
