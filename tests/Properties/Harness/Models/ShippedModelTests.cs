using Gdn.Harness.Models;
using Gdn.Harness.TrainingText;
using Gdn.Properties.Support;
using Gdn.Reference;
using Gdn.Reference.Gguf;
using Gdn.Reference.Models;
using Gdn.Reference.State;
using Xunit;

namespace Gdn.Properties.Harness.Models;

public sealed class ShippedModelTests
{
    private const int Prompts = 40;

    /// <summary>Of <see cref="Prompts"/> all but one: the published figure is at least 99%.</summary>
    private const int Recalled = Prompts - 1;

    private static readonly LoadedModel Model = LoadedModel.Load(ShippedModel.Name);
    private static readonly ModelTokenizer Tokenizer = ReadTokenizer();

    [Fact]
    public void Load_ByName_TheReleasedFile() => Assert.Equal(ShippedModel.Sha256, Model.Sha256);

    [Fact]
    public void Verify_AnotherFile_SaysWhat()
    {
        var thrown = Assert.Throws<InputException>(() => ShippedModel.Verify(new string('0', 64)));
        Assert.Contains("install the tool again", thrown.Message, StringComparison.Ordinal);
    }

    /// <summary>Nothing of a held-out prompt's codeword stands in the training text: it can only be remembered.</summary>
    [Theory]
    [InlineData(1, 256)]
    [InlineData(257, 512)]
    public void Reference_HeldOutPrompt_RecallsTheCodeword(int distanceMin, int distanceMax)
    {
        (int[] Prompt, int[] Answer)[] cases = [.. HeldOut(distanceMin, distanceMax).Take(Prompts)];
        int recalled = cases.AsParallel().Count(@case => Greedy(@case.Prompt, @case.Answer.Length).SequenceEqual(@case.Answer));

        Assert.Equal(Prompts, cases.Length);
        Assert.True(recalled >= Recalled, $"{recalled} of {cases.Length} at distances {distanceMin} to {distanceMax}");
    }

    /// <summary>With the codeword cut out of the prompt the same model must fail, or the test above shows nothing.</summary>
    [Fact]
    public void Reference_CodewordNeverTold_NotGuessed()
    {
        (int[] Prompt, int[] Answer)[] cases = [.. HeldOut(1, 256).Take(Prompts)];
        int guessed = cases.AsParallel().Count(@case => Greedy(@case.Prompt[^8..], @case.Answer.Length).SequenceEqual(@case.Answer));
        Assert.Equal(0, guessed);
    }

    // One question of each document, in tokens; documents that fit the context.
    private static IEnumerable<(int[] Prompt, int[] Answer)> HeldOut(int distanceMin, int distanceMax)
    {
        foreach (CorpusDocument document in CorpusGenerator.Documents(CorpusSplit.Test, 1))
            foreach (RecallQuestion question in document.Questions)
            {
                int[] prompt = Tokenizer.TokensOf(document.Text[..question.Offset]);
                int[] answer = Tokenizer.TokensOf(question.Answer);
                int told = Tokenizer.TokensOf(document.Text[..(question.Offset - question.Distance)]).Length;
                int distance = prompt.Length - told;
                if (distance < distanceMin || distance > distanceMax) continue;
                if (prompt.Length + answer.Length <= Model.Config.MaxPositions) yield return (prompt, answer);
                break;
            }
    }

    private static int[] Greedy(int[] prompt, int steps)
    {
        ReferenceModel<float> model = Model.Roundings[0];
        SequenceState state = model.NewState();
        float[] logits = new float[model.Config.Vocabulary];
        int[] tokens = new int[steps];
        for (int step = 0; step < steps; step++)
        {
            float[] hidden = model.Forward(state, step == 0 ? prompt : [tokens[step - 1]]);
            model.Logits(hidden.AsSpan(hidden.Length - model.Config.Embedding), logits);
            tokens[step] = Array.IndexOf(logits, logits.Max());
        }

        return tokens;
    }

    private static ModelTokenizer ReadTokenizer()
    {
        using GgufFile file = GgufFile.Open(ShippedModel.Path);
        return ModelTokenizer.Read(file);
    }
}
