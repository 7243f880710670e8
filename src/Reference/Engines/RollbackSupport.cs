namespace Gdn.Reference.Engines;

/// <summary>How often the last tokens of a sequence can be taken back.</summary>
public enum RollbackSupport
{
    /// <summary>Never.</summary>
    None,

    /// <summary>Once after a batch; the next needs another batch.</summary>
    OncePerBatch,

    /// <summary>Several times after a batch, as long as the sum stays within the limit.</summary>
    Repeated,
}
