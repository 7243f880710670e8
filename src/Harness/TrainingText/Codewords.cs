using System.Text;

namespace Gdn.Harness.TrainingText;

/// <summary>Codeword recall: one codeword or several, each stated under a key, and asked for in turn much later.</summary>
internal sealed class Codewords : ITemplate
{
    private static readonly string[] Keys =
        ["amber", "blue", "coral", "dusk", "ebony", "frost", "grey", "hazel", "ivory", "jade"];

    private readonly (string Key, string Word)[] _codewords;
    private readonly int[] _mentions;
    private readonly List<RecallQuestion> _questions = [];
    private int _asked;

    public Codewords(Draw draw, IEnumerable<string> people)
    {
        _codewords = new (string, string)[draw.Favouring(0, 0.4, 4) + 1];
        _mentions = new int[_codewords.Length];
        List<string> taken = [.. people];
        int key = draw.Favouring(0, 0.3, Keys.Length);
        for (int i = 0; i < _codewords.Length; i++)
        {
            string word = InventedWord.Draw(draw, taken);
            taken.Add(word);
            _codewords[i] = (Keys[(key + i) % Keys.Length], word);
        }

        _asked = draw.Favouring(0, 0.6, _codewords.Length);
    }

    /// <summary>The questions asked so far.</summary>
    public IReadOnlyList<RecallQuestion> Questions => _questions;

    /// <summary>States the codewords.</summary>
    public void State(StringBuilder text)
    {
        for (int i = 0; i < _codewords.Length; i++)
        {
            text.Append($"codeword {_codewords[i].Key} is {_codewords[i].Word}");
            _mentions[i] = text.Length;
            text.Append(".\n");
        }
    }

    /// <summary>Asks for the next codeword and answers.</summary>
    public void Append(StringBuilder text)
    {
        (string key, string word) = _codewords[_asked];
        text.Append($"codeword {key}?");
        _questions.Add(new RecallQuestion(text.Length, $" {word}", text.Length - _mentions[_asked]));
        text.Append($" {word}");
        _mentions[_asked] = text.Length;
        text.Append(".\n");
        _asked = (_asked + 1) % _codewords.Length;
    }
}
