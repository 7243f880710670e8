namespace Gdn.Harness.Clients;

/// <summary>What can be done with the state of a slot.</summary>
public enum SlotAction
{
    /// <summary>It is saved to a file.</summary>
    Save,

    /// <summary>It is replaced by that of a file.</summary>
    Restore,

    /// <summary>It is forgotten.</summary>
    Erase,
}
