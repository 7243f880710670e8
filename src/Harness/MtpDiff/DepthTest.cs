using Gdn.Harness.Divergence;
using Gdn.Harness.Speculation;
using static System.FormattableString;

namespace Gdn.Harness.MtpDiff;

/// <summary>Where a fault lives, by which forced drafts show it.</summary>
internal static class DepthTest
{
    /// <summary>The diagnosis in words; null where no arm is corrupt.</summary>
    public static string? Diagnose(IReadOnlyList<ArmResult> results)
    {
        if (results.All(result => result.Outcome != Outcome.Corrupt)) return null;
        ArmResult[] depths = [.. results.Where(result => result.Arm.Rollback is not null)];
        if (depths.Length == 0) return null;
        ArmResult perfect = results.Single(result => result.Arm.Pattern == ForcedPattern.Perfect);
        if (perfect.Outcome == Outcome.Corrupt)
            return Invariant($"wrong with nothing rejected: it lies in batches of {perfect.Arm.Drafts + 1} tokens, not in rollbacks");
        int[] wrong = [.. depths.Where(result => result.Outcome == Outcome.Corrupt).Select(result => result.Arm.Rollback!.Value).Order()];
        if (wrong.Length == depths.Length) return "right with nothing rejected, wrong whenever tokens are taken back, one or more";
        return wrong.Length == 0
            ? "right with nothing rejected and with equal numbers of tokens taken back every time: "
                + "it takes drafts of unlike lengths, or a step without drafts after one with"
            : Invariant($"right with nothing rejected, wrong if {string.Join(", ", wrong)} tokens are taken back (of 1 to {depths.Length})");
    }

    /// <summary>
    /// The first other token or wrong row by K, of one way of drafting: a fault of rollback tends to move forward with K, an effect
    /// of the batch's width does not.
    /// </summary>
    public static string FirstByDrafts(IEnumerable<ArmResult> results) => string.Join(
        ", ", results.Where(result => result.First is not null).Select(result => Invariant($"K {result.Arm.Drafts}: {result.First}")));
}
