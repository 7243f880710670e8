namespace Gdn.Reference.Operators;

/// <summary>Elements of a <see cref="Matrix{T}"/> in a compact form, such as quantized blocks.</summary>
public abstract record PackedElements
{
    /// <summary>All elements, row after row.</summary>
    public abstract float[] Unpack();
}
