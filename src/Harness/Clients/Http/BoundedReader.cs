namespace Gdn.Harness.Clients.Http;

/// <summary>Reads an answer whole or line by line, and never more than it may have.</summary>
/// <param name="stream">The answer.</param>
/// <param name="where">The request, for errors.</param>
/// <param name="totalMax">Most bytes of the answer.</param>
/// <param name="lineMax">Most bytes of a line.</param>
internal sealed class BoundedReader(Stream stream, string where, int totalMax, int lineMax)
{
    private const int ChunkSize = 16 << 10;

    private byte[] _buffer = new byte[ChunkSize];
    private int _start, _end;
    private long _total;

    /// <summary>The request, for errors.</summary>
    public string Where => where;

    /// <summary>All that is left.</summary>
    /// <exception cref="BadAnswerException">It is too long.</exception>
    public async Task<ReadOnlyMemory<byte>> ReadToEndAsync(CancellationToken cancellation)
    {
        while (await FillAsync(cancellation)) { }
        return Take(_end - _start, skip: 0);
    }

    /// <summary>The next line without its end, valid until the next call; null after the last.</summary>
    /// <exception cref="BadAnswerException">It is too long, or all of the answer is.</exception>
    public async Task<ReadOnlyMemory<byte>?> ReadLineAsync(CancellationToken cancellation)
    {
        int searched = 0;
        while (true)
        {
            int length = _buffer.AsSpan(_start + searched, _end - _start - searched).IndexOf((byte)'\n');
            if (length >= 0) return Take(searched + length, skip: 1);
            searched = _end - _start;
            if (searched > lineMax) throw new BadAnswerException(where, $"a line has more than {lineMax} bytes");
            if (await FillAsync(cancellation)) continue;
            // A bare null in a conditional would be an empty array, and so an empty line, for ever.
            if (searched == 0) return null;
            return Take(searched, skip: 0);
        }
    }

    private ReadOnlyMemory<byte> Take(int length, int skip)
    {
        ReadOnlyMemory<byte> taken = _buffer.AsMemory(_start, length);
        _start += length + skip;
        return taken;
    }

    private async Task<bool> FillAsync(CancellationToken cancellation)
    {
        if (_end == _buffer.Length)
        {
            // Lines handed out lie before the start.
            byte[] buffer = _end - _start > _buffer.Length / 2 ? new byte[2 * _buffer.Length] : _buffer;
            _buffer.AsSpan(_start, _end - _start).CopyTo(buffer);
            (_buffer, _start, _end) = (buffer, 0, _end - _start);
        }

        int read = await stream.ReadAsync(_buffer.AsMemory(_end), cancellation);
        _end += read;
        _total += read;
        return _total <= totalMax
            ? read > 0
            : throw new BadAnswerException(where, $"it has more than {totalMax} bytes");
    }
}
