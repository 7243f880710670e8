using Gdn.Harness.Clients;
using Gdn.Harness.Divergence;
using static System.FormattableString;

namespace Gdn.Harness.MtpDiff.Servers;

/// <summary>
/// Where a server's fault lives, by the rounds of corrupt answers: how many tokens were taken back right before the first wrong
/// token, and how many were without harm.
/// </summary>
internal static class RollbackDepth
{
    /// <summary>The diagnosis in words; null where no answer is corrupt, or the server does not tell its rounds.</summary>
    public static string? Diagnose(IEnumerable<JudgedCompletion> answers)
    {
        var harmful = new List<int>();
        var harmless = new List<int>();
        int corrupt = 0;
        foreach ((_, Completion completion, Judgement judgement) in answers)
        {
            if (completion.Rounds is not { } rounds) continue;
            int? wrong = judgement.Outcome == Outcome.Corrupt ? judgement.At?.Position : null;
            if (judgement.Outcome == Outcome.Corrupt && wrong is null) continue;
            if (wrong is not null) corrupt++;
            for (int i = 0; i + 1 < rounds.Count; i++)
            {
                int ends = i + 2 < rounds.Count ? rounds[i + 2].Answered : int.MaxValue;
                if (wrong < rounds[i + 1].Answered) break;
                if (wrong < ends) harmful.Add(rounds[i].TakenBack);
                else harmless.Add(rounds[i].TakenBack);
            }
        }

        if (harmful.Count == 0) return null;
        string right = harmless.Count == 0 ? "" : $"; what follows {Depths(harmless)} was right";
        return harmful.All(takenBack => takenBack == 0)
            ? Invariant($"in {harmful.Count} of {corrupt} corrupt answers the first wrong token comes with nothing taken back before it: ")
                + "it lies in batches with drafts, not in rollbacks" + right
            : Invariant($"the first wrong token follows {Depths(harmful)} ")
                + Invariant($"({harmful.Count} of {corrupt} corrupt answers){right}");
    }

    private static string Depths(IEnumerable<int> takenBack) => string.Join(", ", takenBack.GroupBy(depth => depth)
        .OrderBy(group => group.Key)
        .Select(group => Invariant($"{group.Key} {(group.Key == 1 ? "token" : "tokens")} taken back ({group.Count()}x)")));
}
