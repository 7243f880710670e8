using System.Text;

namespace Gdn.Harness.Models;

/// <summary>Byte-level BPE: words are written in the byte alphabet, and merged in the order of the vocabulary's merges.</summary>
internal sealed class BytePairEncoder : ITextEncoder
{
    private readonly TokenizerVocabulary _vocabulary;
    private readonly PreTokenizer _preTokenizer;
    private readonly Dictionary<string, int> _ids = [];

    // Token id of each byte; -1 for a byte without a token.
    private readonly int[] _byteIds;
    private readonly Dictionary<(int, int), Joining> _joinings = [];

    /// <summary>Prepares a vocabulary.</summary>
    public BytePairEncoder(TokenizerVocabulary vocabulary, PreTokenizer preTokenizer)
    {
        _vocabulary = vocabulary;
        _preTokenizer = preTokenizer;
        for (int id = 0; id < vocabulary.Pieces.Length; id++) _ids[vocabulary.Pieces[id]] = id;
        _byteIds = [.. Enumerable.Range(0, 256).Select(b => TextToken($"{ByteAlphabet.CharacterOf((byte)b)}"))];
        foreach (string merge in vocabulary.Merges)
        {
            int space = merge.IndexOf(' ', StringComparison.Ordinal);
            // Of a merge that is there twice the first counts.
            _joinings.TryAdd(
                (_ids[merge[..space]], _ids[merge[(space + 1)..]]), new Joining(_joinings.Count, _ids[merge.Remove(space, 1)]));
        }
    }

    /// <inheritdoc/>
    public void Encode(string fragment, bool starts, List<int> ids, CancellationToken cancellation)
    {
        Span<byte> utf8 = stackalloc byte[4];
        foreach (Rune rune in fragment.EnumerateRunes())
            foreach (byte b in utf8[..rune.EncodeToUtf8(utf8)])
                if (_byteIds[b] < 0) throw _vocabulary.HasNoToken(rune);

        foreach (string word in _preTokenizer.Words.Split(fragment))
        {
            cancellation.ThrowIfCancellationRequested();
            byte[] bytes = Encoding.UTF8.GetBytes(word);
            if (_preTokenizer.KeepsWholeWords
                && _ids.TryGetValue(string.Concat(bytes.Select(ByteAlphabet.CharacterOf)), out int whole)) ids.Add(whole);
            else ids.AddRange(PairMerger.Merge([.. bytes.Select(b => _byteIds[b])], Join, cancellation));
        }
    }

    // Bytes are written by tokens of text alone, not by control tokens of the same name.
    private int TextToken(string piece) =>
        _ids.TryGetValue(piece, out int id) && _vocabulary.Kinds[id] is TokenKind.Normal or TokenKind.UserDefined ? id : -1;

    private Joining? Join(int left, int right) => _joinings.TryGetValue((left, right), out Joining joining) ? joining : null;
}
