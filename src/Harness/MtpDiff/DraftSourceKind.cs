namespace Gdn.Harness.MtpDiff;

/// <summary>What drafts.</summary>
internal enum DraftSourceKind
{
    /// <summary>Nothing: decoding as usual, through the same loop.</summary>
    None,

    /// <summary>The engine's own draft (MTP) layers.</summary>
    Head,

    /// <summary>A look at what followed the last tokens before.</summary>
    Lookup,

    /// <summary>Another model.</summary>
    Model,

    /// <summary>The known answer, right or wrong on purpose.</summary>
    Forced,
}
