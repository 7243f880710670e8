namespace Gdn.Harness.Bleed;

/// <summary>A pattern of concurrent traffic.</summary>
public enum Scenario
{
    /// <summary>All requests arrive at once with prompts of one length, and end one by one.</summary>
    Simultaneous,

    /// <summary>Requests arrive one after the other: prompts are read in the batches in which others answer.</summary>
    Staggered,

    /// <summary>All requests answer in step, for the same number of tokens.</summary>
    Steady,

    /// <summary>More requests than slots, of uneven length: slots are freed and taken again.</summary>
    Churn,

    /// <summary>All requests arrive at once with prompts of different lengths.</summary>
    Ragged,
}
