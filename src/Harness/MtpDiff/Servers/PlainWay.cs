namespace Gdn.Harness.MtpDiff.Servers;

/// <summary>How a server is made to answer without drafts.</summary>
internal enum PlainWay
{
    /// <summary>As it is: it does not draft.</summary>
    AsItIs,

    /// <summary>By a field of the request.</summary>
    ByRequest,

    /// <summary>Two tokens a request: the first comes from the prompt, and the last of an answer is not drafted.</summary>
    InPairs,
}
