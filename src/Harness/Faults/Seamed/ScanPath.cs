namespace Gdn.Harness.Faults.Seamed;

/// <summary>How a run of one sequence's tokens goes through the <see cref="Scan"/>.</summary>
internal enum ScanPath
{
    /// <summary>One token.</summary>
    Decode,

    /// <summary>Several tokens, one after the other, and the state after each of them is kept.</summary>
    Verify,

    /// <summary>Several tokens in chunks; only the last state is kept.</summary>
    Prefill,
}
