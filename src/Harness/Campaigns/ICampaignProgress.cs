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

    /// <summary>Something is wrong with the work of the last step. May be called from any thread.</summary>
    void Found()
    {
    }

    /// <summary>How many steps the rest is, and how long it takes, where the campaign knows better than the steps so far tell.</summary>
    void Expect(int steps, TimeSpan left)
    {
    }

    /// <summary>Says a line that is of interest while the campaign runs, and not after it.</summary>
    void Say(string line)
    {
    }
}
