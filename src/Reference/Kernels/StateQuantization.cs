using Gdn.Reference.Operators;

namespace Gdn.Reference.Kernels;

/// <summary>
/// States kept as whole numbers with a scale per block: an element is n times the scale of its block, <c>-(L + 1) &lt;= n
/// &lt;= L</c>. The scale is the largest magnitude of the block over L, or, as in ggml's Q4_0, its element of largest
/// magnitude over -(L + 1); in single or half precision.
/// </summary>
/// <param name="Levels">L: 127 for 8 bits, 7 for 4.</param>
/// <param name="Block">Elements that share a scale, within a row of the kernel's own layout; the last block of a row may be
/// shorter. 0 for the whole row.</param>
/// <param name="AlongKeys">Whether a row of the kernel's own layout runs along the key, as in states <c>[V, K]</c>.</param>
public readonly record struct StateQuantization(int Levels, int Block = 0, bool AlongKeys = false)
{
    /// <summary>L of 8-bit states.</summary>
    public const int Q8 = 127;

    /// <summary>L of 4-bit states.</summary>
    public const int Q4 = 7;

    /// <summary>Elements of a full block of a shape's states.</summary>
    public int BlockLength(in DeltaRuleShape rule)
    {
        int row = AlongKeys ? rule.KeyDim : rule.ValueDim;
        return Block == 0 ? row : Math.Min(Block, row);
    }
}
