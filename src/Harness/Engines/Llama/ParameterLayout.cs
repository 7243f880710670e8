using System.Buffers.Binary;

namespace Gdn.Harness.Engines.Llama;

/// <summary>
/// Reads the fields of a structure one after the other, each recognised by the value that libllama's defaults have there. What
/// is not as expected ends in <see cref="NotRecognisedException"/>: a field that is misread would be set where another lies.
/// </summary>
/// <param name="bytes">The defaults.</param>
internal ref struct ParameterLayout(ReadOnlySpan<byte> bytes)
{
    private const int Word = sizeof(int);
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    /// <summary>Offset of the next field.</summary>
    public int Offset { get; private set; }

    /// <summary>The word at the next field, or further on, in words from there.</summary>
    public readonly int Peek(int words = 0) => BinaryPrimitives.ReadInt32LittleEndian(_bytes[(Offset + words * Word)..]);

    /// <summary>Takes a word of any value, and returns its offset.</summary>
    public int Take()
    {
        Offset += Word;
        return Offset - Word;
    }

    /// <summary>Takes a word that must have this value.</summary>
    public int Take(string field, int value) => Take(field, word => word == value);

    /// <summary>Takes a word that must have a value of this kind.</summary>
    public int Take(string field, Func<int, bool> isKnown) => isKnown(Peek()) ? Take() : throw Unknown(field, Peek());

    /// <summary>Takes a float that must have this value.</summary>
    public int Take(string field, float value) => Take(field, BitConverter.SingleToInt32Bits(value));

    /// <summary>Takes pointers that must be null.</summary>
    public void TakeNulls(string field, int count)
    {
        Offset = (Offset + sizeof(long) - 1) / sizeof(long) * sizeof(long);
        for (int i = 0; i < 2 * count; i++) Take(field, 0);
    }

    /// <summary>Takes a <c>bool</c> that must have this value.</summary>
    public int TakeFlag(string field, bool value) => TakeFlag(field, flag => flag == (value ? 1 : 0));

    /// <summary>Takes a <c>bool</c> of either value.</summary>
    public int TakeFlag(string field) => TakeFlag(field, flag => flag <= 1);

    private int TakeFlag(string field, Func<byte, bool> isKnown)
    {
        byte value = _bytes[Offset];
        return isKnown(value) ? Offset++ : throw Unknown(field, value);
    }

    private readonly NotRecognisedException Unknown(string field, int value) =>
        new(FormattableString.Invariant($"{field} is expected at byte {Offset}, where the defaults have {value}"));
}

/// <summary>The defaults of a structure are not those of any version that is known.</summary>
/// <param name="message">Which field, and what is there.</param>
internal sealed class NotRecognisedException(string message) : Exception(message);
