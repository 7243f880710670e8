using Gdn.Harness.Speculation;
using static System.FormattableString;

namespace Gdn.Harness.MtpDiff;

/// <summary>One way of drafting that is compared with decoding without drafts.</summary>
/// <param name="Source">What drafts.</param>
/// <param name="Drafts">K: most tokens drafted for one batch.</param>
/// <param name="Pattern">How right forced drafts are; null for drafts that are not forced.</param>
internal sealed record DraftArm(DraftSourceKind Source, int Drafts, ForcedPattern? Pattern = null)
{
    /// <summary>Name in reports.</summary>
    public string Name => (Pattern?.Name ?? Source.ToString().ToLowerInvariant()) + (MovesStates ? "-restored" : "");

    /// <summary>Name of the column that it shares with others.</summary>
    public string Group => Pattern is null || Pattern == ForcedPattern.Mixed ? Name : "forced";

    /// <summary>Whether states are kept and restored, to other slots, while it drafts.</summary>
    public bool MovesStates { get; private init; }

    /// <summary>Name with K, unique among the arms of a run.</summary>
    public string FullName => Invariant($"{Name}, K {Drafts}");

    /// <summary>Whether it is one of several with the same drafts and different K.</summary>
    public bool IsSwept => Source is not DraftSourceKind.None && !MovesStates && (Pattern is null || Pattern == ForcedPattern.Mixed);

    /// <summary>How many tokens are taken back after each batch, of arms that always reject as many; else null.</summary>
    public int? Rollback { get; private init; }

    /// <summary>
    /// The arms of a run: the control, which drafts nothing; each source with every K; draft layers once more with states that are
    /// restored meanwhile, since they have a state of their own; and forced drafts that tell how deep a
    /// fault lies: nothing rejected, and then at the largest K every number of tokens.
    /// </summary>
    /// <param name="sources">What is to draft.</param>
    /// <param name="drafts">The K, ascending.</param>
    /// <param name="restores">Whether the engine can keep states and restore them.</param>
    public static IReadOnlyList<DraftArm> All(IReadOnlyCollection<DraftSourceKind> sources, IReadOnlyList<int> drafts, bool restores)
    {
        var arms = new List<DraftArm> { new(DraftSourceKind.None, 0) };
        foreach (DraftSourceKind source in sources.Where(source => source is not (DraftSourceKind.Forced or DraftSourceKind.None)))
            arms.AddRange(drafts.Select(k => new DraftArm(source, k)));
        if (restores && sources.Contains(DraftSourceKind.Head))
            arms.Add(new DraftArm(DraftSourceKind.Head, drafts[^1]) { MovesStates = true });
        if (!sources.Contains(DraftSourceKind.Forced)) return arms;
        arms.AddRange(drafts.Select(k => new DraftArm(DraftSourceKind.Forced, k, ForcedPattern.Mixed)));
        int most = drafts[^1];
        arms.Add(new DraftArm(DraftSourceKind.Forced, most, ForcedPattern.Perfect));
        arms.Add(new DraftArm(DraftSourceKind.Forced, most, ForcedPattern.Alternating));
        for (int back = 1; back <= most; back++)
            arms.Add(new DraftArm(DraftSourceKind.Forced, most, back == most ? ForcedPattern.Wrong : ForcedPattern.WrongFrom(most - back))
            {
                Rollback = back,
            });
        return arms;
    }
}
