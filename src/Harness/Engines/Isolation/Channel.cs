using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Gdn.Harness.Engines.Isolation;

/// <summary>
/// Messages between the tool and an engine's process: a length in bytes, then values as they lie in memory. Both ends are the
/// same build on the same machine, and take turns. One message is one write; buffers are used again.
/// </summary>
internal sealed class Channel(Stream stream) : IDisposable
{
    private const int MaxMessage = 1 << 30;

    // What a message claims to hold is believed as it arrives.
    private const int Step = 1 << 20;
    private byte[] _output = new byte[4096], _input = new byte[4096];
    private int _written = sizeof(int), _length, _at;

    /// <summary>Adds a value to the message to be sent.</summary>
    public void Write<T>(T value) where T : unmanaged =>
        Append(MemoryMarshal.AsBytes(MemoryMarshal.CreateReadOnlySpan(ref value, 1)));

    /// <summary>Adds values, and before them how many they are.</summary>
    public void Write<T>(ReadOnlySpan<T> values) where T : unmanaged
    {
        Write(values.Length);
        Append(MemoryMarshal.AsBytes(values));
    }

    /// <summary>Adds a text.</summary>
    public void Write(string text) => Write<byte>(Encoding.UTF8.GetBytes(text));

    /// <summary>Takes back what has been written since the last <see cref="Send"/>.</summary>
    public void Discard() => _written = sizeof(int);

    /// <summary>Sends the message.</summary>
    /// <exception cref="IOException">The other end is gone.</exception>
    public void Send()
    {
        int length = _written - sizeof(int);
        MemoryMarshal.Write(_output, in length);
        stream.Write(_output, 0, _written);
        Discard();
    }

    /// <summary>Waits for a message.</summary>
    /// <param name="most">Bytes that it may have.</param>
    /// <exception cref="IOException">The other end is gone.</exception>
    /// <exception cref="InvalidDataException">What arrived is not a message, or too long.</exception>
    public void Receive(long most = MaxMessage)
    {
        int have = 0, need = sizeof(int);
        while (have < need)
        {
            if (have == _input.Length) Array.Resize(ref _input, Math.Min(need, 2 * have + Step));
            int count = stream.Read(_input, have, _input.Length - have);
            if (count == 0) throw new EndOfStreamException();
            have += count;
            if (need > sizeof(int) || have < need) continue;
            int length = MemoryMarshal.Read<int>(_input);
            if (length < 1 || length > Math.Min(most, MaxMessage)) throw new InvalidDataException($"A message of {length} bytes.");
            need += length;
        }

        if (have != need) throw new InvalidDataException($"{have - need} bytes after a message.");
        (_length, _at) = (need, sizeof(int));
    }

    /// <summary>The next value of the message that was received.</summary>
    public T Read<T>() where T : unmanaged => MemoryMarshal.Read<T>(Take(Unsafe.SizeOf<T>()));

    /// <summary>The next values, readable until the next <see cref="Receive"/>.</summary>
    public ReadOnlySpan<T> ReadSpan<T>() where T : unmanaged
    {
        int count = Read<int>();
        if (count < 0 || count > (_length - _at) / Unsafe.SizeOf<T>()) throw new InvalidDataException($"{count} values.");
        return MemoryMarshal.Cast<byte, T>(Take(count * Unsafe.SizeOf<T>()));
    }

    /// <summary>The next values, into a span of their number.</summary>
    /// <exception cref="InvalidDataException">They are more or fewer.</exception>
    public void ReadInto<T>(Span<T> target) where T : unmanaged
    {
        ReadOnlySpan<T> values = ReadSpan<T>();
        if (values.Length != target.Length)
            throw new InvalidDataException($"{values.Length} values where {target.Length} are expected.");
        values.CopyTo(target);
    }

    /// <summary>The next text.</summary>
    public string ReadString() => Encoding.UTF8.GetString(ReadSpan<byte>());

    /// <inheritdoc/>
    public void Dispose() => stream.Dispose();

    private void Append(ReadOnlySpan<byte> bytes)
    {
        if (_output.Length - _written < bytes.Length)
            Array.Resize(ref _output, Math.Max(_written + bytes.Length, 2 * _output.Length));
        bytes.CopyTo(_output.AsSpan(_written));
        _written += bytes.Length;
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (_length - _at < count) throw new InvalidDataException("A message ends early.");
        _at += count;
        return _input.AsSpan(_at - count, count);
    }
}
