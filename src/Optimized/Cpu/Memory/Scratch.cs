namespace Gdn.Optimized.Cpu.Memory;

/// <summary>
/// Short-lived buffers cut one after the other from one array, each from the start of a cache line, and given back in
/// reverse, a stack. It grows to the largest need and then allocates nothing more. Contents are undefined.
/// </summary>
internal sealed class Scratch
{
    private AlignedFloats _buffer;

    /// <summary>Where the stack stands.</summary>
    public int Mark { get; private set; }

    /// <summary>Gives back everything that was taken since the stack stood at <paramref name="mark"/>.</summary>
    public void Release(int mark = 0) => Mark = mark;

    /// <summary>A buffer that is good until it is given back.</summary>
    public Span<float> Take(int length)
    {
        // The next one starts on a cache line too.
        int padded = checked(length + AlignedFloats.Line - 1) / AlignedFloats.Line * AlignedFloats.Line;
        // What was taken before lives on in the old array, and keeps its place in the new one for the next time.
        if (padded > _buffer.Length - Mark)
            _buffer = new AlignedFloats(checked(Mark + Math.Max(padded, _buffer.Length)));
        Span<float> taken = _buffer.Slice(Mark, length);
        Mark += padded;
        return taken;
    }
}
