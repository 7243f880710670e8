using System.Buffers.Binary;
using System.Text;

namespace Gdn.Harness.Perplexity;

/// <summary>Writes a <see cref="KlBaseFile"/> while an engine runs over a text.</summary>
/// <param name="stream">Where to; it is sought in.</param>
/// <param name="text">The text.</param>
/// <param name="vocabulary">Tokens of the vocabulary.</param>
internal sealed class KlBaseWriter(Stream stream, ScoredText text, int vocabulary) : IScoredRows
{
    // What ik_llama.cpp keeps, in nats. llama.cpp keeps 16, of which a text's unlikely tokens have more; it reads either.
    private const float Kept = 24;

    private readonly long _start = stream.Position;
    private readonly byte[] _row = new byte[KlBaseFile.RowBytes(vocabulary)];
    private IOException? _failure;
    private int _rows;

    /// <summary>Writes what comes before the rows.</summary>
    public void WriteHead()
    {
        using var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true);
        writer.Write(KlBaseFile.Magic);
        foreach (int field in (ReadOnlySpan<int>)[text.Context, vocabulary, text.Chunks]) writer.Write(field);
        foreach (int token in text.Tokens) writer.Write(token);
    }

    /// <inheritdoc/>
    public void Take(int index, ReadOnlySpan<float> logits)
    {
        Pack(logits);
        try
        {
            stream.Position = _start + KlBaseFile.HeaderBytes + sizeof(int) * (long)text.Chunks * text.Context + (long)index * _row.Length;
            stream.Write(_row);
            _rows++;
        }
        catch (IOException e)
        {
            // No fault of the engine that is being run: it is told at the end.
            _failure ??= e;
        }
    }

    /// <summary>Checks that all of it is there.</summary>
    /// <exception cref="IOException">It is not.</exception>
    public void Complete()
    {
        if (_failure is not null) throw new IOException(_failure.Message, _failure);
        if (_rows < text.Scored) throw new IOException("not all of the text was scored");
    }

    // In single precision and in this order, so that the bytes are those of llama-perplexity.
    private void Pack(ReadOnlySpan<float> logits)
    {
        float max = float.NegativeInfinity, min = float.PositiveInfinity;
        foreach (float logit in logits) (max, min) = (Math.Max(max, logit), Math.Min(min, logit));
        min = Math.Max(min, max - Kept);
        double sum = 0;
        foreach (float logit in logits) sum += MathF.Exp(logit - max);
        float logSum = (float)Math.Log(sum), scale = (max - min) / ushort.MaxValue, perUnit = 1 / scale;
        BinaryPrimitives.WriteSingleLittleEndian(_row, scale);
        BinaryPrimitives.WriteSingleLittleEndian(_row.AsSpan(sizeof(float)), min - max - logSum);
        Span<byte> units = _row.AsSpan(sizeof(ushort) * KlBaseFile.LeadUnits);
        for (int id = 0; id < logits.Length; id++)
            BinaryPrimitives.WriteUInt16LittleEndian(
                units[(sizeof(ushort) * id)..], logits[id] > min ? (ushort)MathF.Round(perUnit * (logits[id] - min)) : (ushort)0);
    }
}
