using System.Text;

namespace Gdn.Harness.TrainingText;

/// <summary>Two or three lines of code with what they compute, named after a person of the document.</summary>
internal sealed class Snippets(Draw draw, IReadOnlyList<string> people) : ITemplate
{
    private readonly Wheel _kind = new(draw, ["def", "range", "max"]);
    private readonly Wheel _person = new(draw, people);

    /// <inheritdoc/>
    public void Append(StringBuilder text)
    {
        string kind = _kind.Next(), name = _person.Next();
        int a = Digit(), b = Digit();
        text.Append(kind switch
        {
            "def" => Function(name, a, b, Digit()),
            "range" => Range(name, a, draw.Favouring(2, 0.5, 5) + 1),
            _ => $"let {name} = max({a}, {b})\nassert {name} == {Math.Max(a, b)}\n",
        });
    }

    private static string Range(string name, int first, int count) =>
        $"let {name} = list(range({first}, {first + count}))\n" +
        $"assert {name} == [{string.Join(", ", Enumerable.Range(first, count))}]\n";

    private static string Function(string name, int factor, int offset, int x) =>
        $"def {name}(x):\n  return x*{factor}+{offset}\nassert {name}({x}) == {x * factor + offset}\n";

    private int Digit() => draw.Favouring(3, 0.3, 9) + 1;
}
