using Gdn.Harness.Faults.Seamed;
using Gdn.Optimized.Batching;

namespace Gdn.Harness.Faults;

/// <summary>What a sequence does in a batch.</summary>
internal enum RowKind
{
    /// <summary>It decodes one token.</summary>
    Token,

    /// <summary>It verifies drafts behind a token.</summary>
    Drafts,

    /// <summary>It reads a prompt, or a slice of one.</summary>
    Prompt,
}

/// <summary>Tells kinds of rows apart as engines do that are not told: by what they look like.</summary>
internal static class RowKinds
{
    // A token and eight drafts: servers draft no more.
    private const int LongestDraft = 9;

    public static RowKind Kind(this RunSequence row) => Of(row.FirstPosition, row.Count);

    public static RowKind Kind(this Segment row) => Of(row.Position, row.Count);

    /// <summary>Whether any row is of a kind.</summary>
    public static bool Has(this ReadOnlyMemory<RunSequence> pass, RowKind kind)
    {
        foreach (RunSequence row in pass.Span)
            if (row.Kind() == kind) return true;
        return false;
    }

    private static RowKind Of(int position, int count) => count switch
    {
        1 => RowKind.Token,
        <= LongestDraft when position > 0 => RowKind.Drafts,
        _ => RowKind.Prompt,
    };
}
