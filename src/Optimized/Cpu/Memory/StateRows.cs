using Gdn.Reference.State;

namespace Gdn.Optimized.Cpu.Memory;

/// <summary>Rows of equal length, one per slot and plane, in single precision or in 16 bits.</summary>
/// <remarks>16-bit rows are rounded when written, to nearest even, and cannot be worked on in place.</remarks>
public sealed class StateRows
{
    private readonly StateFormat _format;
    private readonly AlignedFloats _floats;
    private readonly ushort[] _halves = [];

    /// <summary>Makes rows of zeros.</summary>
    public StateRows(int count, int length, StateFormat format = StateFormat.F32)
    {
        _format = format;
        Length = length;
        int size = checked(count * length);
        if (format == StateFormat.F32) _floats = new AlignedFloats(size);
        else _halves = new ushort[size];
    }

    /// <summary>Elements of a row.</summary>
    public int Length { get; }

    /// <summary>All rows themselves, for work in place.</summary>
    /// <exception cref="InvalidOperationException">They are not in single precision.</exception>
    public Span<float> All => InPlace(0, _floats.Length / Length);

    /// <summary>Consecutive rows themselves, for work in place.</summary>
    /// <exception cref="InvalidOperationException">They are not in single precision.</exception>
    public Span<float> InPlace(int first, int count = 1) => _format == StateFormat.F32
        ? _floats.Slice(first * Length, count * Length)
        : throw new InvalidOperationException($"Rows in {_format} cannot be worked on in place.");

    /// <summary>Copies a row out, exactly.</summary>
    public void Read(int row, Span<float> values)
    {
        if (_format == StateFormat.F32) InPlace(row).CopyTo(values);
        else Widen(_halves.AsSpan(row * Length, Length), values);
    }

    /// <summary>Copies a row in, rounded to the format.</summary>
    public void Write(int row, ReadOnlySpan<float> values)
    {
        if (_format == StateFormat.F32) values.CopyTo(InPlace(row));
        else Narrow(values, _halves.AsSpan(row * Length, Length));
    }

    /// <summary>Copies a row to another.</summary>
    public void Copy(int source, int target)
    {
        if (_format == StateFormat.F32) InPlace(source).CopyTo(InPlace(target));
        else Array.Copy(_halves, source * Length, _halves, target * Length, Length);
    }

    /// <summary>Sets all elements of consecutive rows.</summary>
    public void Fill(int first, int count, float value)
    {
        if (_format == StateFormat.F32) InPlace(first, count).Fill(value);
        else _halves.AsSpan(first * Length, count * Length).Fill(Narrow(value));
    }

    private void Widen(ReadOnlySpan<ushort> source, Span<float> target)
    {
        if (_format == StateFormat.BF16)
            for (int i = 0; i < source.Length; i++) target[i] = StateFormats.FromBFloat16(source[i]);
        else
            for (int i = 0; i < source.Length; i++) target[i] = (float)BitConverter.UInt16BitsToHalf(source[i]);
    }

    private void Narrow(ReadOnlySpan<float> source, Span<ushort> target)
    {
        for (int i = 0; i < source.Length; i++) target[i] = Narrow(source[i]);
    }

    private ushort Narrow(float value) => _format == StateFormat.BF16
        ? StateFormats.ToBFloat16(value)
        : BitConverter.HalfToUInt16Bits((Half)value);
}
