using Gdn.Harness.Campaigns;

namespace Gdn.Properties.Support;

/// <summary>Nobody is watching.</summary>
internal sealed class NoProgress : ICampaignProgress
{
    public void Begin(string phase, int? total)
    {
    }

    public void Step()
    {
    }
}
