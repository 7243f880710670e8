using System.Globalization;

namespace Gdn.Reference.Models;

/// <summary>Which block, or layer, a tensor belongs to.</summary>
public static class BlockNumber
{
    /// <summary>The number in a name such as <c>blk.3.attn_norm.weight</c>; null for what belongs to no block.</summary>
    public static int? Of(string tensor) =>
        tensor.Split('.') is ["blk", string number, ..]
        && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int block)
            ? block
            : null;
}
