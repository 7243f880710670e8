namespace Gdn.Harness.Checks.Attribution;

/// <summary>Parts of the recurrent state, in every linear layer.</summary>
[Flags]
internal enum StateParts
{
    /// <summary>The conv window.</summary>
    Conv = 1,

    /// <summary>S.</summary>
    Delta = 2,

    /// <summary>Both.</summary>
    Both = Conv | Delta,
}
