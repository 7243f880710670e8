namespace Gdn.Harness.Cli;

/// <summary>Exit codes: a contract that scripts depend on.</summary>
public enum ExitCode
{
    /// <summary>Nothing was found.</summary>
    Clean = 0,

    /// <summary>A finding, or a regression.</summary>
    Dirty = 1,

    /// <summary>Wrong usage, or input that cannot be read.</summary>
    Usage = 2,

    /// <summary>The environment failed: a server cannot be reached, a library is missing.</summary>
    Environment = 3,

    /// <summary>Neither clean nor dirty can be said.</summary>
    Inconclusive = 4,
}
