using System.Buffers.Binary;
using Gdn.Harness;
using Gdn.Harness.Perplexity;
using Gdn.Reference;
using Xunit;

namespace Gdn.Properties.Harness.Perplexity;

/// <summary>Base files: what is written is read, and what is none is refused.</summary>
public sealed class KlBaseFileTests : IDisposable
{
    private const int Vocabulary = 5;

    private static readonly ScoredText Text = new([.. Enumerable.Range(0, 20).Select(i => i % Vocabulary)], context: 8);

    private readonly string _path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.kl-base");

    public void Dispose() => File.Delete(_path);

    private static float[] Row(int index)
    {
        var random = new SeededRandom((ulong)index);
        return [.. Enumerable.Range(0, Vocabulary).Select(_ => (float)(8 * random.NextDouble()))];
    }

    private byte[] Written(IEnumerable<int> order)
    {
        using (FileStream stream = File.Create(_path))
        {
            var writer = new KlBaseWriter(stream, Text, Vocabulary);
            writer.WriteHead();
            foreach (int index in order) writer.Take(index, Row(index));
            writer.Complete();
        }

        return File.ReadAllBytes(_path);
    }

    private string Refused(byte[] bytes)
    {
        File.WriteAllBytes(_path, bytes);
        return Assert.Throws<InputException>(() => KlBaseFile.Open(_path)).Message;
    }

    // Rows come in the order of passes, and lie in that of the text.
    [Fact]
    public void Read_WhatWasWritten_IsTheSameToItsPrecision()
    {
        Assert.Equal(Written(Enumerable.Range(0, 6)), Written([3, 0, 4, 1, 5, 2]));
        using KlBaseFile file = KlBaseFile.Open(_path);
        Assert.Equal((8, Vocabulary, 2), (file.Context, file.Vocabulary, file.Chunks));
        Assert.Equal(Text.Tokens, file.Tokens);
        double[] read = new double[Vocabulary], exact = new double[Vocabulary];
        var kept = new KeptDistributions(Text, Vocabulary);
        for (int index = 0; index < 6; index++)
        {
            kept.Take(index, Row(index));
            kept.Read(index, exact);
            file.Read(index, read);
            for (int id = 0; id < Vocabulary; id++) Assert.Equal(exact[id], read[id], 8.0 / ushort.MaxValue);
        }
    }

    [Fact]
    public void Read_RowOfEqualLogits_IsUniform()
    {
        using (FileStream stream = File.Create(_path))
        {
            var writer = new KlBaseWriter(stream, Text, Vocabulary);
            writer.WriteHead();
            for (int index = 0; index < 6; index++) writer.Take(index, [1, 1, 1, 1, 1]);
        }

        using KlBaseFile file = KlBaseFile.Open(_path);
        double[] read = new double[Vocabulary];
        file.Read(5, read);
        Assert.All(read, value => Assert.Equal(-Math.Log(Vocabulary), value, 5));
    }

    [Fact]
    public void Complete_PartOfTheText_IsRefused()
    {
        Assert.Contains(
            "not all of the text was scored", Assert.Throws<IOException>(() => Written([0, 1, 2])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_NoBaseFile_SaysWhatIsWrong()
    {
        byte[] whole = Written(Enumerable.Range(0, 6));
        Assert.Contains("does not begin as a base file does", Refused([.. "GGUF"u8, .. whole[4..]]), StringComparison.Ordinal);
        Assert.Contains("does not begin as a base file does", Refused(whole[..12]), StringComparison.Ordinal);
        Assert.Contains("not written to its end", Refused(whole[..^1]), StringComparison.Ordinal);
        Assert.Contains("not written to its end", Refused([.. whole, 0]), StringComparison.Ordinal);

        string WithField(int field, int value)
        {
            byte[] changed = [.. whole];
            BinaryPrimitives.WriteInt32LittleEndian(changed.AsSpan(8 + 4 * field), value);
            return Refused(changed);
        }

        Assert.Contains("cannot be", WithField(0, -8), StringComparison.Ordinal);
        Assert.Contains("cannot be", WithField(1, 0), StringComparison.Ordinal);
        Assert.Contains("not written to its end", WithField(2, int.MaxValue), StringComparison.Ordinal);
        Assert.Contains("token 9 is not one of 5", WithField(3, 9), StringComparison.Ordinal);
        Assert.Contains("token -1 is not one of 5", WithField(4, -1), StringComparison.Ordinal);
    }
}
