using System.Numerics;
using Gdn.Reference.Gguf;

namespace Gdn.Reference.Models;

/// <summary>Models from GGUF files of the architectures qwen35, qwen35moe, qwen3next and qwen3moe.</summary>
public static class ModelLoader
{
    /// <summary>Reads sizes and constants.</summary>
    /// <exception cref="InputException">The architecture is unknown, or a key is missing or absurd.</exception>
    public static ModelConfig ReadConfig(GgufFile file) => ConfigReader.Read(file);

    /// <summary>Reads the trunk's weights, dequantized.</summary>
    /// <exception cref="InputException">A tensor is missing, misshapen or of an unsupported type.</exception>
    public static ModelWeights<T> ReadWeights<T>(GgufFile file, ModelConfig config)
        where T : IFloatingPointIeee754<T> => new WeightReader<T>(file, config).Read();

    /// <summary>The same weights in another type: exact from float to double.</summary>
    public static ReferenceModel<T> ReadReference<T>(GgufFile file) where T : IFloatingPointIeee754<T>
    {
        ModelConfig config = ReadConfig(file);
        return new ReferenceModel<T>(config, ReadWeights<T>(file, config));
    }
}
