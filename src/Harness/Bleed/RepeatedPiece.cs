using Gdn.Harness.Clients;

namespace Gdn.Harness.Bleed;

/// <summary>Finds answers that say one piece over and over, as servers do whose states are not numbers.</summary>
internal static class RepeatedPiece
{
    // Fewer are no answer to judge by; longer pieces may be a refrain.
    private const int RepeatsLeast = 8, CharactersMost = 4;

    /// <summary>The piece of which the tokens consist; null where there are several, or few of it.</summary>
    /// <param name="tokens">Tokens of an answer, or words.</param>
    public static ServedToken? In(IEnumerable<ServedToken> tokens)
    {
        ServedToken[] all = [.. tokens];
        if (all.Length >= RepeatsLeast && all.All(token => token.Is(all[0]))) return all[0];
        string text = string.Concat(all.Select(token => token.Text));
        for (int length = 1; length <= CharactersMost && length * RepeatsLeast <= text.Length; length++)
        {
            string piece = text[..length];
            if (!string.IsNullOrWhiteSpace(piece)
                && text.Chunk(length).All(part => piece.StartsWith(new string(part), StringComparison.Ordinal)))
                return new ServedToken(null, piece, null, []);
        }

        return null;
    }
}
