namespace Gdn.Harness.Reports;

/// <summary>The result of a run, of a part of it, or of one row of a table.</summary>
public enum Verdict
{
    /// <summary>Everything that was to be run was run, and nothing was found.</summary>
    Clean,

    /// <summary>Something was found; the evidence is with it.</summary>
    Dirty,

    /// <summary>Nothing was found, but not everything could be run.</summary>
    Inconclusive,
}
