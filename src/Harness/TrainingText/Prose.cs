using System.Text;

namespace Gdn.Harness.TrainingText;

/// <summary>Sentences of a fixed vocabulary about the people of the document, who keep their trade throughout.</summary>
internal sealed class Prose : ITemplate
{
    private static readonly string[] Trades =
        ["miner", "baker", "sailor", "weaver", "smith", "farmer", "painter", "hunter", "clerk", "tailor"];

    private readonly Wheel _shape;
    private readonly Wheel _person;
    private readonly Wheel _verb;
    private readonly Wheel _adjective;
    private readonly Wheel _noun;
    private readonly Wheel _place;
    private readonly Dictionary<string, string> _trades;

    public Prose(Draw draw, IReadOnlyList<string> people)
    {
        _shape = new Wheel(draw, ["does", "has", "by"]);
        _person = new Wheel(draw, people);
        _verb = new Wheel(draw, ["finds", "hides", "sells", "paints", "breaks", "mends", "takes", "wants", "sees", "drops"]);
        _adjective = new Wheel(draw, ["red", "small", "old", "bright", "heavy", "cold", "green", "round", "quiet", "sharp"]);
        _noun = new Wheel(draw, Nouns.All);
        _place = new Wheel(draw, ["harbour", "forest", "market", "tower", "garden", "mill", "cave", "bridge", "field", "castle"]);
        Wheel trade = new(draw, Trades);
        _trades = people.ToDictionary(person => person, _ => trade.Next());
    }

    /// <summary>Appends two sentences.</summary>
    public void Append(StringBuilder text)
    {
        AppendSentence(text);
        AppendSentence(text);
    }

    private void AppendSentence(StringBuilder text)
    {
        string shape = _shape.Next(), person = _person.Next(), thing = $"the {_adjective.Next()} {_noun.Next()}";
        text.Append(shape switch
        {
            "does" => $"The {_trades[person]} {person} {_verb.Next()} {thing} near the {_place.Next()}.\n",
            "has" => $"The {_place.Next()} of {person} has {thing}.\n",
            _ => $"By the {_place.Next()} {person} {_verb.Next()} {thing}.\n",
        });
    }
}
