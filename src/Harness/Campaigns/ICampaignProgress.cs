namespace Gdn.Harness.Campaigns;

/// <summary>Is shown how far a campaign has come.</summary>
public interface ICampaignProgress
{
    /// <summary>A phase begins.</summary>
    /// <param name="phase">What is done, in words.</param>
    /// <param name="total">In how many steps; null where time decides.</param>
    void Begin(string phase, int? total);

    /// <summary>One more step of the phase is done. May be called from any thread.</summary>
    void Step();
}
