using System.Text;

namespace Gdn.Harness.Models;

/// <summary>
/// The tokenizer of the first Llama models: spaces are written as <see cref="Space"/>, the two pieces whose joined token has the
/// highest score are merged first, and a character without a token becomes those of its bytes.
/// </summary>
internal sealed class SentencePieceEncoder : ITextEncoder
{
    /// <summary>How a space is written in pieces.</summary>
    public const char Space = '\u2581';

    private readonly TokenizerVocabulary _vocabulary;
    private readonly Dictionary<string, int> _ids = [];

    /// <summary>Prepares a vocabulary.</summary>
    public SentencePieceEncoder(TokenizerVocabulary vocabulary)
    {
        _vocabulary = vocabulary;
        for (int id = 0; id < vocabulary.Pieces.Length; id++) _ids[vocabulary.Pieces[id]] = id;
    }

    /// <summary>The byte of a token such as <c>&lt;0x0A&gt;</c>, or null.</summary>
    public static byte? ByteOf(string piece) =>
        piece is ['<', '0', 'x', _, _, '>'] && byte.TryParse(
            piece.AsSpan(3, 2), System.Globalization.NumberStyles.AllowHexSpecifier, null, out byte value)
            ? value
            : null;

    /// <inheritdoc/>
    public void Encode(string fragment, bool starts, List<int> ids, CancellationToken cancellation)
    {
        string text = (starts && _vocabulary.AddsSpacePrefix ? " " : "") + fragment;
        var known = new Dictionary<(int, int), Joining?>();
        // A character without a token is the number before zero of its code.
        int[] characters = [.. text.Replace(' ', Space).EnumerateRunes().Select(
            rune => _ids.TryGetValue(rune.ToString(), out int id) ? id : ~rune.Value)];
        foreach (int piece in PairMerger.Merge(characters, Join, cancellation))
            if (piece >= 0) ids.Add(piece);
            else ids.AddRange(Encoding.UTF8.GetBytes(TextOf(piece)).Select(b => TokenOf(b, TextOf(piece))));

        // The same few pairs come again and again.
        Joining? Join(int left, int right)
        {
            if (!known.TryGetValue((left, right), out Joining? joining))
                known[(left, right)] = joining = _ids.TryGetValue(TextOf(left) + TextOf(right), out int id)
                    ? new Joining(-_vocabulary.Scores[id], id)
                    : null;
            return joining;
        }
    }

    private string TextOf(int piece) => piece >= 0 ? _vocabulary.Pieces[piece] : new Rune(~piece).ToString();

    private int TokenOf(byte value, string character) => _ids.TryGetValue($"<0x{value:X2}>", out int id)
        ? id
        : throw _vocabulary.HasNoToken(character[0] == Space ? new Rune(' ') : Rune.GetRuneAt(character, 0));
}
