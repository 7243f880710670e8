namespace Gdn.Harness.TrainingText;

/// <summary>
/// Words that exist nowhere else, such as <c>kavotire</c>: four syllables of a consonant and a vowel. They serve as
/// names and as codewords, and no word of one split occurs in another, so a word can only be copied, never known.
/// </summary>
internal static class InventedWord
{
    private const string Consonants = "bdgklmnprtvz";
    private const string Vowels = "aeio";
    private const int Syllables = 4;

    /// <summary>Draws a word of the split that is not among those taken.</summary>
    public static string Draw(Draw draw, IReadOnlyCollection<string> taken)
    {
        string word;
        do
            word = draw.Instance(() => Spell(draw));
        while (taken.Contains(word));
        return word;
    }

    private static string Spell(Draw draw)
    {
        Span<char> word = stackalloc char[2 * Syllables];
        for (int i = 0; i < word.Length; i += 2)
        {
            word[i] = Consonants[draw.Below(Consonants.Length)];
            word[i + 1] = Vowels[draw.Below(Vowels.Length)];
        }

        return new string(word);
    }
}
