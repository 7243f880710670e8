using System.Text;

namespace Gdn.Harness.TrainingText;

/// <summary>Everything but codewords, in a turn that mostly stays the same.</summary>
internal sealed class Filler(Draw draw, IReadOnlyList<string> people) : ITemplate
{
    private readonly Wheel _turn = new(draw, ["prose", "sum", "store", "copy", "code"]);

    private readonly Dictionary<string, ITemplate> _templates = new()
    {
        ["prose"] = new Prose(draw, people),
        ["sum"] = new Sums(draw),
        ["copy"] = new Copying(draw),
        ["store"] = new Store(draw, people),
        ["code"] = new Snippets(draw, people),
    };

    /// <inheritdoc/>
    public void Append(StringBuilder text) => _templates[_turn.Next()].Append(text);

    /// <summary>Appends until the text has the length, give or take an instance.</summary>
    public void AppendUntil(StringBuilder text, int length)
    {
        while (text.Length < length) Append(text);
    }
}
