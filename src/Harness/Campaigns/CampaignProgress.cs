using Gdn.Harness.Checks;

namespace Gdn.Harness.Campaigns;

/// <summary>Steps of a campaign that are cases.</summary>
internal static class CampaignProgress
{
    /// <summary>A case is done, and may have failed.</summary>
    public static void Step(this ICampaignProgress progress, CaseResult result)
    {
        if (result.Failures.Count > 0) progress.Found();
        progress.Step();
    }
}
