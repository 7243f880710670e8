using FsCheck;
using FsCheck.Fluent;
using Gdn.Reference.Batches;

namespace Gdn.Properties.Reference.Batches;

/// <summary>Which sequence each token of a batch belongs to.</summary>
public sealed record Interleaving(IReadOnlyList<int> Sequences)
{
    /// <summary>Where a sequence stands before the batch: some start in it, others go on.</summary>
    public static int FirstPosition(int sequence) => sequence % 3 == 0 ? 0 : sequence;

    /// <summary>The batch, every position following from the one before.</summary>
    public TokenBatch ToBatch()
    {
        var next = new Dictionary<int, int>();
        return new TokenBatch(Sequences.Select((sequence, i) =>
        {
            int position = next.GetValueOrDefault(sequence, FirstPosition(sequence));
            next[sequence] = position + 1;
            return new BatchToken(Token: i, sequence, position, Output: i % 2 == 0);
        }));
    }

    public override string ToString() => $"[{string.Join(' ', Sequences)}]";
}

/// <summary>Interleavings of every kind: one sequence after the other, in turns, and at random; equal lengths and not.</summary>
public static class Interleavings
{
    public static Arbitrary<Interleaving> Any() => Arb.From(Generator, Shrink);

    public static Gen<Interleaving> Generator =>
        from ids in Gen.Choose(0, 99).ListOf().Select(ids => ids.Distinct().Take(6).ToArray()).Where(ids => ids.Length > 0)
        from equal in Gen.Elements(false, true)
        from lengths in Gen.Choose(1, 5).ListOf(ids.Length)
        from kind in Gen.Choose(0, 2)
        from seed in Gen.Choose(0, int.MaxValue)
        select new Interleaving(Arrange(ids, equal ? [.. ids.Select(_ => lengths[0])] : [.. lengths], kind, new Random(seed)));

    private static int[] Arrange(int[] ids, int[] lengths, int kind, Random random)
    {
        int[] grouped = [.. ids.SelectMany((id, i) => Enumerable.Repeat(id, lengths[i]))];
        if (kind == 1)
            return [.. Enumerable.Range(0, lengths.Max()).SelectMany(turn => ids.Where((_, i) => turn < lengths[i]))];
        if (kind == 2) random.Shuffle(grouped);
        return grouped;
    }

    private static IEnumerable<Interleaving> Shrink(Interleaving value)
    {
        int[] sequences = [.. value.Sequences];
        foreach (int drop in sequences.Distinct().Where(_ => sequences.Distinct().Count() > 1))
            yield return new Interleaving([.. sequences.Where(sequence => sequence != drop)]);
        for (int i = 0; i < sequences.Length && sequences.Length > 1; i++)
            yield return new Interleaving([.. sequences[..i], .. sequences[(i + 1)..]]);
        foreach (int id in sequences.Distinct())
        {
            int lower = Enumerable.Range(0, id).FirstOrDefault(n => !sequences.Contains(n), id);
            if (lower < id) yield return new Interleaving([.. sequences.Select(s => s == id ? lower : s)]);
        }
    }
}
