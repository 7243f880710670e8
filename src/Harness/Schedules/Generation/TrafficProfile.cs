namespace Gdn.Harness.Schedules.Generation;

/// <summary>What a random schedule is mostly about.</summary>
internal enum TrafficProfile
{
    /// <summary>A bit of everything, without a plan.</summary>
    Mixed,

    /// <summary>Sequences decode together, in batches whose membership changes.</summary>
    Decoding,

    /// <summary>One sequence lives long while many short ones come and go.</summary>
    Churn,

    /// <summary>Prompts whose lengths meet the limits of chunks arrive whole and in slices, beside others that decode.</summary>
    Prompts,

    /// <summary>Drafts are verified, and rejected to every depth.</summary>
    Drafting,

    /// <summary>States are forked, kept, and brought back elsewhere and later.</summary>
    Caching,
}
