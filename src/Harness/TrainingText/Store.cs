using System.Text;

namespace Gdn.Harness.TrainingText;

/// <summary>Key-value recall: a person keeps numbers of things, is asked for each, and then keeps others.</summary>
internal sealed class Store(Draw draw, IReadOnlyList<string> people) : ITemplate
{
    private readonly Wheel _person = new(draw, people);
    private readonly Wheel _noun = new(draw, Nouns.All);
    private readonly Dictionary<string, int> _kept = [];
    private string _keeper = "";
    private Wheel? _asked;
    private int _questions;

    /// <inheritdoc/>
    public void Append(StringBuilder text)
    {
        if (_asked is null || _questions == _kept.Count)
            Keep(text);
        else
            Ask(text, _asked.Next());
    }

    private void Keep(StringBuilder text)
    {
        _keeper = _person.Next();
        _kept.Clear();
        int count = draw.Favouring(3, 0.4, 4) + 1;
        while (_kept.Count < count)
            _kept.TryAdd(_noun.Next(), draw.Favouring(7, 0.3, 10));
        _asked = new Wheel(draw, [.. _kept.Keys]);
        _questions = 0;
        text.Append($"store {_keeper}: {string.Join(", ", _kept.Select(pair => $"{pair.Key}={pair.Value}"))}.\n");
    }

    private void Ask(StringBuilder text, string noun)
    {
        _questions++;
        text.Append($"load {_keeper}.{noun}: {_kept[noun]}.\n");
    }
}
