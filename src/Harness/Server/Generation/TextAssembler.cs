using System.Text;

namespace Gdn.Harness.Server.Generation;

/// <summary>
/// Makes text of tokens as they come. Held back is what is not certain yet: the first bytes of a character, and what may
/// turn out to be the beginning of a stop word.
/// </summary>
/// <param name="stopWords">The answer ends before the first of them.</param>
internal sealed class TextAssembler(IReadOnlyList<string> stopWords)
{
    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();
    private string _held = "";

    /// <summary>The stop word that was found, or null.</summary>
    public string? Found { get; private set; }

    /// <summary>Takes the bytes of the next token and returns the text that is certain by now.</summary>
    public string Add(ReadOnlySpan<byte> bytes)
    {
        _held += Decode(bytes, flush: false);
        foreach (string word in stopWords)
        {
            int at = _held.IndexOf(word, StringComparison.Ordinal);
            if (at < 0) continue;
            _held = _held[..at];
            Found = word;
        }

        return Found is null ? Release(_held.Length - BeginningOfStopWord()) : Release(_held.Length);
    }

    /// <summary>Returns what was held back, when no further token comes.</summary>
    public string Finish()
    {
        if (Found is null) _held += Decode([], flush: true);
        return Release(_held.Length);
    }

    private string Decode(ReadOnlySpan<byte> bytes, bool flush)
    {
        var characters = new char[_decoder.GetCharCount(bytes, flush)];
        return new string(characters, 0, _decoder.GetChars(bytes, characters, flush));
    }

    private string Release(int length)
    {
        string text = _held[..length];
        _held = _held[length..];
        return text;
    }

    // Length of the longest end of the held text with which a stop word begins.
    private int BeginningOfStopWord() => stopWords
        .SelectMany(word => Enumerable.Range(1, word.Length - 1).Select(length => word[..length]))
        .Where(beginning => _held.EndsWith(beginning, StringComparison.Ordinal))
        .Select(beginning => beginning.Length)
        .DefaultIfEmpty(0).Max();
}
