using Gdn.Reference.Models;
using Xunit;

namespace Gdn.Golden;

/// <summary>
/// The reference model, in double, against llama.cpp: one sequence at a time. Batching, and the draft layer, are not
/// covered here.
/// </summary>
public sealed class ModelGoldenTests
{
    private static readonly Dictionary<string, Lazy<ReferenceModel<double>>> Models = ModelGolden.Names.ToDictionary(
        name => name, name => new Lazy<ReferenceModel<double>>(() => ModelGolden.Make(name)));

    public static TheoryData<string, string> Prompts => ModelGolden.Prompts(ModelGolden.Names);

    [Theory, MemberData(nameof(Prompts))]
    public void Forward_LlamaCppPrompt_LogProbabilitiesAgree(string model, string prompt)
    {
        GoldenDeviation worst = ModelGolden.Compare(model, Models[model].Value, GoldenVectors.Load(model)[prompt]);
        Assert.True(worst.Agrees, worst.ToString());
    }

    [Theory, MemberData(nameof(Prompts))]
    public void Vectors_EveryRow_IsADistributionAndGreedy(string model, string prompt)
    {
        GoldenCase golden = GoldenVectors.Load(model)[prompt];
        float[][] rows = [.. golden.Floats("log_probs").Chunk(golden.Shape("log_probs")[1])];
        int[] generated = golden.Ints("generated");

        Assert.All(rows, row => Assert.Equal(1, row.Sum(x => Math.Exp(x)), 1e-6));
        for (int step = 0; step < generated.Length; step++)
            Assert.Equal(rows[step].Max(), rows[step][generated[step]]);
    }

    /// <summary>A draft layer must not change the trunk: the two models differ by that layer alone.</summary>
    [Fact]
    public void Vectors_ModelWithDraftLayer_HasTheSameTrunk()
    {
        GoldenVectors draft = GoldenVectors.Load("qwen35-mtp");
        Assert.All(
            GoldenVectors.Load("qwen35").Cases,
            golden => Assert.Equal(golden.Floats("log_probs"), draft[golden.Name].Floats("log_probs")));
    }
}
