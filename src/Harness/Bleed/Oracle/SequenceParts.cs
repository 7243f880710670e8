namespace Gdn.Harness.Bleed.Oracle;

/// <summary>Parts of what an engine keeps of a sequence, in every layer.</summary>
[Flags]
internal enum SequenceParts
{
    /// <summary>The conv windows.</summary>
    Conv = 1,

    /// <summary>S.</summary>
    Delta = 2,

    /// <summary>The whole recurrent state.</summary>
    Recurrent = Conv | Delta,

    /// <summary>Keys and values.</summary>
    Caches = 4,

    /// <summary>All of it, and with it the position.</summary>
    Everything = Recurrent | Caches,
}
