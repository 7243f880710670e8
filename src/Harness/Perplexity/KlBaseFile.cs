using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Gdn.Reference;
using Microsoft.Win32.SafeHandles;
using static System.FormattableString;

namespace Gdn.Harness.Perplexity;

/// <summary>
/// A base file of llama-perplexity (<c>--kl-divergence-base</c>), of llama.cpp or ik_llama.cpp: the tokens of a text, and the
/// distributions that a model predicts at its scored positions, 16 bits a token.
/// </summary>
/// <remarks>
/// Little-endian: <c>_logits_</c>, three int32 (tokens of a chunk, vocabulary, chunks), the tokens as int32, then a row of
/// 16-bit units for each scored position: a float scale, the float log-probability of unit 0, and a unit a token, padded to an even number.
/// The forks cut off at different places, 16 and 24 nats below the likeliest token; the scale says which.
/// </remarks>
internal sealed class KlBaseFile : IDistributions, IDisposable
{
    /// <summary>What the file starts with.</summary>
    public static ReadOnlySpan<byte> Magic => "_logits_"u8;

    /// <summary>Bytes before the tokens.</summary>
    public const int HeaderBytes = 20;

    /// <summary>Units of a row before those of tokens: two floats.</summary>
    public const int LeadUnits = 4;

    private const string Kind = "a base file of llama-perplexity";
    private const int MaxVocabulary = 1 << 24, MaxTokens = 1 << 28;

    private readonly SafeFileHandle _handle;
    private readonly string _path;
    private readonly byte[] _row;
    private readonly long _rowsStart;

    private KlBaseFile(string path, SafeFileHandle handle, (int Context, int Vocabulary, int Chunks) sizes, int[] tokens)
    {
        (_path, _handle, Tokens) = (path, handle, tokens);
        (Context, Vocabulary, Chunks) = sizes;
        _row = new byte[RowBytes(Vocabulary)];
        _rowsStart = HeaderBytes + sizeof(int) * (long)tokens.Length;
    }

    /// <summary>Its path.</summary>
    public string Name => _path;

    /// <summary>Tokens of a chunk.</summary>
    public int Context { get; }

    /// <inheritdoc/>
    public int Vocabulary { get; }

    /// <inheritdoc/>
    public int Chunks { get; }

    /// <summary>Where llama-perplexity cuts off: what is less likely counts for nothing in the divergence.</summary>
    public double Least => -16;

    /// <summary>The tokens of all chunks.</summary>
    public IReadOnlyList<int> Tokens { get; }

    /// <summary>Bytes of a row.</summary>
    public static int RowBytes(int vocabulary) => sizeof(ushort) * (LeadUnits + vocabulary + vocabulary % 2);

    /// <summary>Opens a file.</summary>
    /// <exception cref="InputException">It is no base file, is cut short, or cannot be read.</exception>
    public static KlBaseFile Open(string path)
    {
        long length = PlainFile.LengthOf(path, Kind);
        SafeFileHandle? handle = null;
        try
        {
            handle = File.OpenHandle(path);
            var header = new byte[HeaderBytes];
            if (RandomAccess.Read(handle, header, 0) < HeaderBytes || !header.AsSpan().StartsWith(Magic))
                throw new InputException($"'{path}'", "it does not begin as a base file does", $"give the path of {Kind}");
            int Field(int i) => BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(Magic.Length + sizeof(int) * i));
            var sizes = (Context: Field(0), Vocabulary: Field(1), Chunks: Field(2));
            return new KlBaseFile(path, handle, sizes, ReadTokens(path, handle, sizes, length));
        }
        catch (Exception e)
        {
            handle?.Dispose();
            if (e is IOException or UnauthorizedAccessException) throw PlainFile.Unreadable(path, Kind, e);
            throw;
        }
    }

    /// <inheritdoc/>
    public void Read(int index, Span<double> logProbabilities)
    {
        if (RandomAccess.Read(_handle, _row, _rowsStart + (long)index * _row.Length) < _row.Length)
            throw new EnvironmentException(_path, "it has become shorter", "leave the base file as it is while it is read");
        float scale = BinaryPrimitives.ReadSingleLittleEndian(_row);
        float least = BinaryPrimitives.ReadSingleLittleEndian(_row.AsSpan(sizeof(float)));
        ReadOnlySpan<byte> units = _row.AsSpan(sizeof(ushort) * LeadUnits);
        for (int id = 0; id < Vocabulary; id++)
            logProbabilities[id] = scale * BinaryPrimitives.ReadUInt16LittleEndian(units[(sizeof(ushort) * id)..]) + least;
    }

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();

    private static int[] ReadTokens(string path, SafeFileHandle handle, (int Context, int Vocabulary, int Chunks) sizes, long length)
    {
        (int context, int vocabulary, int chunks) = sizes;
        if (context < ScoredText.LeastContext || vocabulary is < 1 or > MaxVocabulary || chunks < 1)
            throw new InputException(
                $"'{path}'", Invariant($"{chunks} chunks of {context} tokens with a vocabulary of {vocabulary} cannot be"),
                "save it again");
        // The sizes are the file's own: nothing is taken for granted until they add up to its length.
        UInt128 tokens = (UInt128)context * (UInt128)chunks, scored = (UInt128)(context - 1 - context / 2) * (UInt128)chunks;
        UInt128 expected = HeaderBytes + sizeof(int) * tokens + scored * (UInt128)RowBytes(vocabulary);
        if (expected != (UInt128)length || tokens > MaxTokens)
            throw new InputException(
                $"'{path}'", Invariant($"it has {length} bytes, {chunks} chunks of {context} tokens have {expected}"),
                "it was not written to its end, or is damaged: save it again");
        var bytes = new byte[sizeof(int) * (int)tokens];
        RandomAccess.Read(handle, bytes, HeaderBytes);
        int[] read = MemoryMarshal.Cast<byte, int>(bytes).ToArray();
        if (Array.Find(read, token => token < 0 || token >= vocabulary) is not 0 and var strange)
            throw new InputException($"'{path}'", Invariant($"token {strange} is not one of {vocabulary}"), "save it again");
        return read;
    }
}
