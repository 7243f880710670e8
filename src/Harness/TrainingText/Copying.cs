using System.Text;

namespace Gdn.Harness.TrainingText;

/// <summary>A few letters to be repeated as they are or backwards. An instance is the row of letters.</summary>
internal sealed class Copying(Draw draw) : ITemplate
{
    private const int ShortestRow = 5;

    private readonly Wheel _order = new(draw, ["copy", "reverse"]);

    // Loose, since a row that belongs to another split is drawn again.
    private Wheel _letter = new(draw, [.. "abcdefghijklmnop".Select(c => c.ToString())], turn: 0.4);

    /// <inheritdoc/>
    public void Append(StringBuilder text)
    {
        string order = _order.Next();
        Wheel tried = _letter;
        string letters = draw.Instance(() => Row(tried = _letter.Copy()));
        _letter = tried;
        string answer = order == "copy" ? letters : new string([.. letters.Reverse()]);
        text.Append($"{order} {letters} > {answer}.\n");
    }

    private string Row(Wheel letter)
    {
        int length = ShortestRow + draw.Favouring(1, 0.5, 3);
        return string.Join(' ', Enumerable.Range(0, length).Select(_ => letter.Next()));
    }
}
