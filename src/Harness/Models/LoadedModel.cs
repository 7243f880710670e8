using System.Security.Cryptography;
using Gdn.Reference;
using Gdn.Reference.Batches;
using Gdn.Reference.Gguf;
using Gdn.Reference.Models;

namespace Gdn.Harness.Models;

/// <summary>A model ready to be run: by the reference in both precisions, and by engines.</summary>
public sealed class LoadedModel
{
    /// <summary>Tokens that one batch may hold, whatever the model.</summary>
    public const int MaxBatchTokens = 512;

    private LoadedModel(string name, string sha256, GgufFile file)
    {
        Name = name;
        Sha256 = sha256;
        Config = ModelLoader.ReadConfig(file);
        Weights = ModelLoader.ReadWeights<float>(file, Config);
        Rounded = new ReferenceModel<float>(Config, Weights);
        Exact = new ReferenceModel<double>(Config, ModelLoader.ReadWeights<double>(file, Config));
    }

    /// <summary>As given on the command line.</summary>
    public string Name { get; }

    /// <summary>SHA-256 of the file, lower-case hexadecimal: what a replay file is tied to.</summary>
    public string Sha256 { get; }

    /// <summary>Sizes.</summary>
    public ModelConfig Config { get; }

    /// <summary>Weights of the trunk.</summary>
    public ModelWeights<float> Weights { get; }

    /// <summary>The reference in double precision.</summary>
    public ReferenceModel<double> Exact { get; }

    /// <summary>The same code and weights in single precision.</summary>
    public ReferenceModel<float> Rounded { get; }

    /// <summary>What batches for this model must keep to.</summary>
    public BatchLimits Limits(int slots) => new(Config.Vocabulary, slots, MaxBatchTokens, Config.MaxPositions);

    /// <summary>Loads a model.</summary>
    /// <param name="name">A GGUF file, or <c>synth:ARCH[:SEED]</c> for a small random model made on the spot.</param>
    /// <exception cref="InputException">It cannot be used.</exception>
    public static LoadedModel Load(string name)
    {
        if (SyntheticModel.TryParse(name, out SyntheticModelOptions? options))
        {
            byte[] bytes = SyntheticModel.Make(options);
            using GgufFile made = GgufFile.Parse(name, bytes);
            return new LoadedModel(name, Convert.ToHexStringLower(SHA256.HashData(bytes)), made);
        }

        using GgufFile file = GgufFile.Open(name);
        using FileStream stream = File.OpenRead(name);
        return new LoadedModel(name, Convert.ToHexStringLower(SHA256.HashData(stream)), file);
    }
}
