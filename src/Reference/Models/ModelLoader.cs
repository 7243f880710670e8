using System.Numerics;
using Gdn.Reference.Gguf;

namespace Gdn.Reference.Models;

/// <summary>Models from GGUF files of the architectures of <see cref="Architecture"/>.</summary>
public static class ModelLoader
{
    /// <summary>Reads sizes and constants.</summary>
    /// <exception cref="InputException">The architecture is unknown, or a key is missing or absurd.</exception>
    public static ModelConfig ReadConfig(GgufFile file) => ConfigReader.Read(file);

    /// <summary>Reads the weights, dequantized: the trunk, and the draft layers where the file has them.</summary>
    /// <exception cref="InputException">A tensor is missing, misshapen or of an unsupported type.</exception>
    public static ModelWeights<T> ReadWeights<T>(GgufFile file, ModelConfig config)
        where T : IFloatingPointIeee754<T> => Read(new TensorReader<T>(file, namesOnly: false), file, config);

    /// <summary>Names of the tensors that <see cref="ReadWeights"/> leaves alone, in file order.</summary>
    /// <exception cref="InputException">The weights cannot be read.</exception>
    public static IReadOnlyList<string> TensorsNotUsed(GgufFile file, ModelConfig config)
    {
        var tensors = new TensorReader<float>(file, namesOnly: true);
        Read(tensors, file, config);
        return [.. file.Tensors.Keys.Where(name => !tensors.Taken.Contains(name))];
    }

    /// <summary>
    /// Keys of the architecture that <see cref="ReadConfig"/>, called before, did not ask for, but for those that only describe.
    /// </summary>
    public static IReadOnlyList<string> KeysNotUsed(GgufFile file)
    {
        string prefix = file.Metadata.GetString("general.architecture") + ".";
        return [.. file.Metadata.Keys.Where(key => key.StartsWith(prefix, StringComparison.Ordinal)
            && !file.Metadata.WasAsked(key) && !DescriptiveKeys.Contain(key[prefix.Length..]))];
    }

    /// <summary>The same weights in another type: exact from float to double.</summary>
    public static ReferenceModel<T> ReadReference<T>(GgufFile file) where T : IFloatingPointIeee754<T>
    {
        ModelConfig config = ReadConfig(file);
        return new ReferenceModel<T>(config, ReadWeights<T>(file, config));
    }

    private static ModelWeights<T> Read<T>(TensorReader<T> tensors, GgufFile file, ModelConfig config)
        where T : IFloatingPointIeee754<T>
    {
        RequireTrunk(file, config);
        RequireMemory(file);
        return new WeightReader<T>(tensors, config).Read();
    }

    // A draft layer that speculation loads beside a model can be a file of its own, with all of the model's sizes.
    private static void RequireTrunk(GgufFile file, ModelConfig config)
    {
        int[] blocks = [.. file.Tensors.Keys.Select(BlockNumber.Of).OfType<int>()];
        if (!blocks.Any(block => IsDraft(block, config)) || blocks.Any(block => block < config.Layers)) return;
        string name = file.Metadata.GetString("general.name", "") is { Length: > 0 } own ? $" '{own}'" : "";
        throw new InputException(
            file.Name,
            $"it is a draft (MTP) layer alone, made for the model{name} of {config.Layers} blocks",
            "give that model's file here; to a server, give both");
    }

    // The size of a file costs nothing to claim, and running out of memory is no way to find out.
    private static void RequireMemory(GgufFile file)
    {
        long bytes = file.Tensors.Values.Sum(tensor => tensor.ByteLength);
        long available = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        if (bytes > available)
            throw new InputException(
                file.Name, $"its tensors take {bytes >> 20} MiB, and there are {available >> 20} MiB of memory",
                "use a smaller model, or a machine with more memory");
    }

    private static bool IsDraft(int? block, ModelConfig config) =>
        block >= config.Layers && block < config.Layers + config.DraftLayers;
}
