using System.Text;

namespace Gdn.Harness.Corpus;

/// <summary>A few letters to be repeated as they are or backwards. An instance is the row of letters.</summary>
internal sealed class Copying(Draw draw) : ITemplate
{
    private const int Letters = 16;

    private readonly Wheel _order = new(draw, "copy", "reverse");

    /// <inheritdoc/>
    public void Append(StringBuilder text)
    {
        string order = _order.Next();
        string letters = draw.Instance(Row);
        string answer = order == "copy" ? letters : new string([.. letters.Reverse()]);
        text.Append($"{order} {letters} > {answer}.\n");
    }

    private string Row()
    {
        int[] row = new int[draw.Favouring(1, 0.3, 4) + 4];
        row[0] = draw.Favouring(0, 0.3, Letters);
        for (int i = 1; i < row.Length; i++)
            row[i] = draw.Favouring((row[i - 1] + 3) % Letters, 0.3, Letters);
        return string.Join(' ', row.Select(letter => (char)('a' + letter)));
    }
}
