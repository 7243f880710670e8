namespace Gdn.Optimized.Cpu;

/// <summary>
/// Short-lived buffers cut one after the other from one array and given back in reverse, a stack. It grows to the
/// largest need and then allocates nothing more. Contents are undefined.
/// </summary>
internal sealed class Scratch
{
    // Buffers start on cache lines relative to each other.
    private const int Alignment = 16;

    private float[] _buffer = [];

    /// <summary>Where the stack stands.</summary>
    public int Mark { get; private set; }

    /// <summary>Gives back everything that was taken since the stack stood at <paramref name="mark"/>.</summary>
    public void Release(int mark = 0) => Mark = mark;

    /// <summary>A buffer that is good until it is given back.</summary>
    public Span<float> Take(int length)
    {
        int padded = checked(length + Alignment - 1) / Alignment * Alignment;
        // What was taken before lives on in the old array, and keeps its place in the new one for the next time.
        if (padded > _buffer.Length - Mark) _buffer = new float[checked(Mark + Math.Max(padded, _buffer.Length))];
        Span<float> taken = _buffer.AsSpan(Mark, length);
        Mark += padded;
        return taken;
    }
}
