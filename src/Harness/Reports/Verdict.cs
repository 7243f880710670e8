namespace Gdn.Harness.Reports;

/// <summary>What a run comes to.</summary>
public enum Verdict
{
    /// <summary>Everything asked for was run, and nothing was found.</summary>
    Clean,

    /// <summary>Something was found; the evidence is with it.</summary>
    Dirty,

    /// <summary>Nothing was found, but not everything could be run.</summary>
    Inconclusive,
}
