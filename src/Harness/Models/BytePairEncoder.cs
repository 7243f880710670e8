using System.Text;

namespace Gdn.Harness.Models;

/// <summary>Byte-level BPE: words are written in the byte alphabet, and merged in the order of the vocabulary's merges.</summary>
internal sealed class BytePairEncoder : ITextEncoder
{
    private readonly TokenizerVocabulary _vocabulary;
    private readonly PreTokenizer _preTokenizer;
    private readonly Dictionary<string, int> _ids = [];
    private readonly Dictionary<(string, string), int> _ranks = [];

    /// <summary>Prepares a vocabulary.</summary>
    public BytePairEncoder(TokenizerVocabulary vocabulary, PreTokenizer preTokenizer)
    {
        _vocabulary = vocabulary;
        _preTokenizer = preTokenizer;
        for (int id = 0; id < vocabulary.Pieces.Length; id++)
            if (vocabulary.Kinds[id] is TokenKind.Normal or TokenKind.UserDefined) _ids[vocabulary.Pieces[id]] = id;
        foreach (string merge in vocabulary.Merges)
        {
            int space = merge.IndexOf(' ', StringComparison.Ordinal);
            _ranks.TryAdd((merge[..space], merge[(space + 1)..]), _ranks.Count);
        }
    }

    /// <inheritdoc/>
    public void Encode(string fragment, bool starts, List<int> ids)
    {
        Span<byte> utf8 = stackalloc byte[4];
        foreach (Rune rune in fragment.EnumerateRunes())
            foreach (byte b in utf8[..rune.EncodeToUtf8(utf8)])
                if (!_ids.ContainsKey($"{ByteAlphabet.CharacterOf(b)}")) throw _vocabulary.HasNoToken(rune);

        foreach (string word in _preTokenizer.Words.Split(fragment))
        {
            List<string> bytes = [.. Encoding.UTF8.GetBytes(word).Select(b => $"{ByteAlphabet.CharacterOf(b)}")];
            if (_preTokenizer.KeepsWholeWords && _ids.TryGetValue(string.Concat(bytes), out int whole)) ids.Add(whole);
            else ids.AddRange(PairMerger.Merge(bytes, Rank).Select(piece => _ids[piece]));
        }
    }

    private float? Rank(string left, string right) => _ranks.TryGetValue((left, right), out int rank) ? rank : null;
}
