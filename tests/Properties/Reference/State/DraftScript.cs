using FsCheck;
using FsCheck.Fluent;
using Gdn.Reference.Models;

namespace Gdn.Properties.Reference.State;

/// <summary>One pass over drafted tokens, after which some of the last are taken back, in one step or in two.</summary>
public readonly record struct DraftRound(int Tokens, int Rejected, int RejectedThen);

/// <summary>What speculative decoding does to one sequence.</summary>
public sealed record DraftScript(Architecture Architecture, int Seed, int Planes, IReadOnlyList<DraftRound> Rounds)
{
    public override string ToString() => $"{Architecture}, seed {Seed}, {Planes} planes: {string.Join("; ", Rounds)}";
}

/// <summary>Scripts in which every rejection is within the limit, and every limit is reached.</summary>
public static class DraftScripts
{
    public static Arbitrary<DraftScript> Any() => Arb.From(
        from architecture in Gen.Elements(Enum.GetValues<Architecture>())
        from seed in Gen.Choose(0, int.MaxValue)
        from planes in Gen.Choose(1, 5)
        from count in Gen.Choose(1, 6)
        from rounds in Round(planes).ListOf(count)
        select new DraftScript(architecture, seed, planes, [.. rounds]),
        script => Arb.Array(Arb.From(Round(script.Planes), Shrink)).Shrinker([.. script.Rounds])
            .Select(rounds => script with { Rounds = rounds }));

    private static Gen<DraftRound> Round(int planes) =>
        from tokens in Gen.Choose(1, 7)
        from rejected in Gen.Choose(0, Math.Min(planes, tokens) - 1)
        from then in Gen.Choose(0, Math.Min(planes, tokens) - 1 - rejected)
        select new DraftRound(tokens, rejected, then);

    private static IEnumerable<DraftRound> Shrink(DraftRound round)
    {
        if (round.RejectedThen > 0) yield return round with { RejectedThen = round.RejectedThen - 1 };
        if (round.Rejected > 0) yield return round with { Rejected = round.Rejected - 1 };
        if (round.Tokens > round.Rejected + round.RejectedThen + 1) yield return round with { Tokens = round.Tokens - 1 };
    }
}
