using System.Text;
using Gdn.Harness.Clients;
using Gdn.Harness.Models;

namespace Gdn.Harness.Bleed.Oracle;

/// <summary>The ids of what a server reports as text, where only one token has that text.</summary>
internal sealed class TokenIds
{
    private readonly ModelTokenizer? _tokenizer;
    private readonly Dictionary<string, int?> _ids = [];
    private readonly int _vocabulary;

    /// <summary>Looks at every token.</summary>
    /// <param name="tokenizer">The model's; null where only ids are known.</param>
    /// <param name="vocabulary">V.</param>
    public TokenIds(ModelTokenizer? tokenizer, int vocabulary)
    {
        (_tokenizer, _vocabulary) = (tokenizer, vocabulary);
        for (int id = 0; id < Math.Min(tokenizer?.Vocabulary ?? 0, vocabulary); id++)
        {
            // A part of a character looks like any other part of one.
            string text = Encoding.UTF8.GetString(tokenizer!.Bytes(id));
            if (text.Length > 0 && !text.Contains('\uFFFD')) _ids[text] = _ids.ContainsKey(text) ? null : id;
        }
    }

    /// <summary>A token with its text, where that is known.</summary>
    public ServedToken TokenOf(int id) => new(
        id, _tokenizer is { } tokenizer && id < tokenizer.Vocabulary ? tokenizer.Piece(id) : "", null, []);

    /// <summary>Whether a token is text, and not a mark such as the end of an answer.</summary>
    public bool IsText(int id) => _tokenizer is null || (id < _tokenizer.Vocabulary && _tokenizer.Bytes(id).Length > 0);

    /// <summary>An answer with ids throughout; null where a token or the prompt has none.</summary>
    public ForcedAnswer? Resolve(IReadOnlyList<int>? prompt, IReadOnlyList<ServedToken> tokens)
    {
        if (prompt is not { Count: > 0 } ids || !ids.All(IsInside)) return null;
        var resolved = new List<ServedToken>();
        foreach (ServedToken token in tokens)
        {
            if (IdOf(token.Id, token.Text) is not { } id) return null;
            resolved.Add(token with
            {
                Id = id,
                Candidates = [.. token.Candidates
                    .Select(candidate => candidate with { Id = IdOf(candidate.Id, candidate.Text) })
                    .Where(candidate => candidate.Id is not null)],
            });
        }

        return new ForcedAnswer(ids, resolved);
    }

    private bool IsInside(int id) => id >= 0 && id < _vocabulary;

    private int? IdOf(int? id, string text) =>
        id is { } reported ? IsInside(reported) ? reported : null : _ids.GetValueOrDefault(text);
}
