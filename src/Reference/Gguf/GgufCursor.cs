using System.Numerics;
using System.Text;

namespace Gdn.Reference.Gguf;

/// <summary>
/// Reads a header front to back. Nothing is allocated for a count or a length before it is known that the file still has
/// that many bytes.
/// </summary>
internal sealed class GgufCursor(string file, IByteSource source)
{
    /// <summary>What a header may take: the largest that are known take a quarter of it.</summary>
    public const long MaxHeaderBytes = 64 << 20;

    private const int WindowBytes = 1 << 16;
    private const string Damaged = "the file is cut off or damaged: download or write it again";

    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    // Fields are small, and are read from the file many at a time.
    private readonly byte[] _window = new byte[Math.Min(source.Length, WindowBytes)];
    private long _windowStart;
    private int _windowLength;

    /// <summary>What is being read, for errors.</summary>
    public string Subject { get; set; } = "header";

    /// <summary>File and subject, for errors.</summary>
    public string Where => $"{file}: {Subject}";

    /// <summary>The next byte.</summary>
    public long Position { get; private set; }

    /// <summary>Bytes of the whole file.</summary>
    public long Length => source.Length;

    private long Remaining => source.Length - Position;

    /// <summary>An integer, little endian.</summary>
    public T Integer<T>() where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        Span<byte> bytes = stackalloc byte[T.Zero.GetByteCount()];
        Read(bytes);
        return T.ReadLittleEndian(bytes, isUnsigned: T.IsZero(T.MinValue));
    }

    /// <summary>A 32-bit float.</summary>
    public float Single() => BitConverter.Int32BitsToSingle(Integer<int>());

    /// <summary>A 64-bit float.</summary>
    public double Double() => BitConverter.Int64BitsToDouble(Integer<long>());

    /// <summary>A truth value.</summary>
    public bool Bool() => Integer<byte>() switch
    {
        0 => false,
        1 => true,
        byte other => throw Error($"has the byte {other} where a bool is expected"),
    };

    /// <summary>Text.</summary>
    public string Text()
    {
        int length = Count(Integer<ulong>(), 1, "bytes of text");
        Span<byte> bytes = length <= 256 ? stackalloc byte[length] : new byte[length];
        Read(bytes);
        try
        {
            return StrictUtf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            throw Error($"has text at byte {Position - length} that is not valid UTF-8");
        }
    }

    /// <summary>A declared count as a number that this many things can still be read.</summary>
    /// <param name="declared">The count in the file.</param>
    /// <param name="minimumBytes">Bytes that one of them takes at least.</param>
    /// <param name="what">What is counted.</param>
    /// <param name="most">How many are believed.</param>
    public int Count(ulong declared, int minimumBytes, string what, int most = int.MaxValue)
    {
        if (declared > (ulong)(Remaining / minimumBytes))
            throw Error($"declares {declared} {what}, but only {Remaining} bytes are left");
        if (declared > (ulong)most || declared > (ulong)((MaxHeaderBytes - Position) / minimumBytes))
            throw Error($"declares {declared} {what}, more than a model has", "use a file that is a model");
        return (int)declared;
    }

    /// <summary>Text from the file as it can stand in an error: short, on one line.</summary>
    public static string Quote(string text)
    {
        const int longest = 80;
        return $"'{OutsideText.OneLine(text, longest)}'";
    }

    /// <summary>An error about <see cref="Subject"/>.</summary>
    public InputException Error(string problem, string remedy = Damaged) => new(Where, problem, remedy);

    private void Read(Span<byte> destination)
    {
        if (destination.Length > Remaining)
            throw Error($"ends at byte {Length}, {destination.Length - Remaining} too early");
        if (Position + destination.Length > MaxHeaderBytes)
            throw Error($"goes beyond {MaxHeaderBytes} bytes, more than a model's header has", "use a file that is a model");
        while (!destination.IsEmpty)
        {
            ReadOnlySpan<byte> next = Window();
            int taken = Math.Min(next.Length, destination.Length);
            next[..taken].CopyTo(destination);
            destination = destination[taken..];
            Position += taken;
        }
    }

    // What of the window lies ahead, filled again where nothing does.
    private ReadOnlySpan<byte> Window()
    {
        if (Position >= _windowStart + _windowLength)
        {
            _windowStart = Position;
            _windowLength = (int)Math.Min(_window.Length, Remaining);
            source.Read(_windowStart, _window.AsSpan(0, _windowLength));
        }

        return _window.AsSpan((int)(Position - _windowStart), (int)(_windowStart + _windowLength - Position));
    }
}
