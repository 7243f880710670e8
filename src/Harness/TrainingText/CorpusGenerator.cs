using System.Text;

namespace Gdn.Harness.TrainingText;

/// <summary>
/// The text on which the shipped tiny model is trained and measured: codeword and key-value recall, copying,
/// arithmetic, sentences and code. Printable ASCII and newlines only; documents are separated by an empty line.
/// The same split and seed give the same bytes everywhere, and no template instance is in two splits.
/// </summary>
/// <remarks>
/// Every choice is either predictable from the document so far or has one favourite, so a trained model is sure of
/// most tokens and its answers depend on the prompt: the names and codewords of a document occur nowhere else.
/// Each invented word stands after a space, so a byte-pair vocabulary cuts it the same way wherever it occurs.
/// </remarks>
public static class CorpusGenerator
{
    /// <summary>
    /// Longest stretch between stating a codeword and asking for it, in characters: over 512 tokens of the model's
    /// vocabulary, which has about two characters to a token.
    /// </summary>
    private const int FarthestRecall = 1200;

    private const double CodewordShare = 0.75;

    /// <summary>Writes whole documents until at least <paramref name="bytes"/> bytes are written.</summary>
    /// <param name="split">Which part of the corpus.</param>
    /// <param name="seed">Any number; another seed gives another text of the same kind.</param>
    /// <param name="bytes">Length wanted.</param>
    /// <param name="output">Receives the text; newlines are <c>\n</c> whatever its own.</param>
    public static void Write(CorpusSplit split, ulong seed, long bytes, TextWriter output)
    {
        long written = 0;
        foreach (CorpusDocument document in Documents(split, seed))
        {
            if (written >= bytes) return;
            output.Write(document.Text);
            output.Write('\n');
            written += document.Text.Length + 1;
        }
    }

    /// <summary>The documents of a split, without end.</summary>
    /// <param name="split">Which part of the corpus.</param>
    /// <param name="seed">Any number; another seed gives another text of the same kind.</param>
    public static IEnumerable<CorpusDocument> Documents(CorpusSplit split, ulong seed)
    {
        Draw seeds = new(seed, split);
        while (true)
            yield return Compose(new Draw(seeds.Seed(), split));
    }

    private static CorpusDocument Compose(Draw draw)
    {
        StringBuilder text = new();
        string[] people = People(draw);
        Filler filler = new(draw, people);
        if (!draw.Chance(CodewordShare))
        {
            filler.AppendUntil(text, draw.Between(400, 1800));
            return new CorpusDocument(text.ToString(), []);
        }

        Codewords codewords = new(draw, people);
        if (draw.Chance(0.3)) filler.Append(text);
        codewords.State(text);
        filler.AppendUntil(text, text.Length + Gap(draw));
        int end = text.Length + draw.Between(300, 700);
        while (text.Length < end)
        {
            codewords.Append(text);
            filler.Append(text);
        }

        return new CorpusDocument(text.ToString(), codewords.Questions);
    }

    private static string[] People(Draw draw)
    {
        string first = InventedWord.Draw(draw, []);
        return draw.Chance(0.5) ? [first] : [first, InventedWord.Draw(draw, [first])];
    }

    // Short gaps are over-represented: recall is learnt there first, and carried on to the long ones.
    private static int Gap(Draw draw) =>
        draw.Chance(0.3) ? draw.Below(200) : draw.Between(0, FarthestRecall);
}
