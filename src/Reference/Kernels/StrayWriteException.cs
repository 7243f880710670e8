namespace Gdn.Reference.Kernels;

/// <summary>A kernel that runs elsewhere has written where nothing may be written.</summary>
/// <param name="where">The place, in words that begin <c>buffer[index</c>.</param>
public sealed class StrayWriteException(string where) : Exception($"A write to {where}.")
{
    /// <summary>The place, in words that begin <c>buffer[index</c>.</summary>
    public string Where { get; } = where;
}
