using System.Security.Cryptography;
using System.Text.Json;
using Gdn.Harness.Models;
using Gdn.Reference.Gguf;
using Gdn.Reference.Models;
using Gdn.Reference.State;
using Xunit;

namespace Gdn.Golden;

/// <summary>Runs the reference model on the prompts that llama.cpp was given, and compares log-probabilities.</summary>
internal static class ModelGolden
{
    /// <summary>
    /// Natural logarithms. Seen: 5e-5, of which float accounts for all: the reference in float lies as far from
    /// llama.cpp as the reference in double.
    /// </summary>
    public const double Tolerance = 1e-3;

    /// <summary>The synthetic models.</summary>
    public static IReadOnlyList<string> Names { get; } = ["qwen35", "qwen35-mtp", "qwen35moe", "qwen3next", "qwen3moe", "kimi-linear"];

    /// <summary>Every prompt of every model.</summary>
    public static TheoryData<string, string> Prompts(IEnumerable<string> models)
    {
        var prompts = new TheoryData<string, string>();
        foreach (string model in models)
            foreach (GoldenCase golden in GoldenVectors.Load(model).Cases) prompts.Add(model, golden.Name);
        return prompts;
    }

    /// <summary>Makes the model again that the vectors were made with.</summary>
    /// <param name="model">Its name.</param>
    /// <param name="fault">Applied to its sizes and constants; anything but the identity is a fault.</param>
    public static ReferenceModel<double> Make(string model, Func<ModelConfig, ModelConfig>? fault = null)
    {
        JsonElement made = GoldenVectors.Load(model).Environment.GetProperty("model");
        Assert.True(ArchitectureNames.TryParse(made.GetProperty("architecture").GetString()!, out Architecture architecture));
        using var stream = new MemoryStream();
        SyntheticModel.Create(
            architecture,
            new SyntheticSizes { DraftLayers = made.GetProperty("draft_layers").GetInt32() },
            made.GetProperty("seed").GetInt32()).Write(stream);
        byte[] bytes = stream.ToArray();

        string expected = made.GetProperty("sha256").GetString()!;
        string actual = Convert.ToHexStringLower(SHA256.HashData(bytes));
        Assert.True(
            expected == actual,
            $"{model}: synthesis gives {actual}, the vectors are of {expected}: make them again (make/README.md)");

        using GgufFile file = GgufFile.Parse(model, bytes);
        ModelConfig config = ModelLoader.ReadConfig(file);
        ModelWeights<double> weights = ModelLoader.ReadWeights<double>(file, config);
        return new ReferenceModel<double>(fault?.Invoke(config) ?? config, weights);
    }

    /// <summary>The prompt as one run, then the tokens that llama.cpp generated, one at a time.</summary>
    public static GoldenDeviation Compare(string name, ReferenceModel<double> model, GoldenCase golden)
    {
        int vocabulary = model.Config.Vocabulary;
        int[] shape = golden.Shape("log_probs"), generated = golden.Ints("generated");
        double[] actual = new double[shape[0] * shape[1]];
        SequenceState state = model.NewState();

        for (int row = 0; row < shape[0]; row++)
        {
            int[] tokens = row == 0 ? golden.Ints("prompt") : [generated[row - 1]];
            double[] hidden = model.Forward(state, tokens);
            Span<double> logProbs = actual.AsSpan(row * vocabulary, vocabulary);
            model.Logits(hidden.AsSpan(hidden.Length - model.Config.Embedding), logProbs);
            LogSoftmax(logProbs);
        }

        return GoldenComparison.Absolute(
            $"{name} {golden} log_probs[step,token]", shape, golden.Floats("log_probs"), actual, Tolerance);
    }

    /// <summary>Turns logits into log-probabilities.</summary>
    public static void LogSoftmax(Span<double> logits)
    {
        double max = double.NegativeInfinity, sum = 0;
        foreach (double logit in logits) max = Math.Max(max, logit);
        foreach (double logit in logits) sum += Math.Exp(logit - max);
        foreach (ref double logit in logits) logit -= max + Math.Log(sum);
    }
}
