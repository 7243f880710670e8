using System.Globalization;
using System.Security.Cryptography;
using Gdn.Reference;
using Gdn.Reference.Batches;
using Gdn.Reference.Engines;
using Gdn.Reference.Gguf;
using Gdn.Reference.Models;

namespace Gdn.Harness.Models;

/// <summary>A model ready to be run: by the reference in both precisions, and by engines.</summary>
public sealed class LoadedModel
{
    /// <summary>Tokens that one batch may hold, whatever the model.</summary>
    public const int MaxBatchTokens = 512;

    // One sample may be small by chance where an engine's error is not; of three, the largest hardly ever is.
    private const int ExtraRoundings = 2;

    internal const string SyntheticPrefix = "synth:";

    private static readonly (string Name, SyntheticSizes Sizes)[] NamedSizes =
        [("tiny", SyntheticSizes.Tiny), ("small", SyntheticSizes.Small)];

    private readonly EngineModel _engineModel;

    private LoadedModel(string name, GgufFile file, Func<string> sha256)
    {
        Name = name;
        FileBytes = file.Length;
        FilePath = file.Name;
        Config = ModelLoader.ReadConfig(file);
        NotUsed = UnusedContent.Of(file, Config);
        // All bytes are read: not before it is known that they are a model's.
        Sha256 = sha256();
        Weights = ModelLoader.ReadWeights<float>(file, Config);
        Roundings = [new ReferenceModel<float>(Config, Weights), .. Enumerable.Range(1, ExtraRoundings).Select(
            seed => new ReferenceModel<float>(Config, Renumbering.Of(Config, Weights, (ulong)seed)))];
        Exact = new ReferenceModel<double>(Config, ModelLoader.ReadWeights<double>(file, Config));
        _engineModel = new EngineModel(Name, Config, () => ModelFiles.PathOf(this), () => Weights);
    }

    private LoadedModel(LoadedModel whole, int layers)
    {
        Name = $"{whole.Name}, first {layers} layers";
        Sha256 = whole.Sha256;
        FileBytes = whole.FileBytes;
        FilePath = whole.FilePath;
        NotUsed = whole.NotUsed;
        Config = whole.Config.First(layers);
        Weights = whole.Weights.First(layers);
        Roundings = [.. whole.Roundings.Select(rounding => rounding.First(layers))];
        Exact = whole.Exact.First(layers);
        _engineModel = new EngineModel(Name, Config, () => ModelFiles.PathOf(whole, layers), () => Weights);
    }

    /// <summary>As given on the command line.</summary>
    public string Name { get; }

    /// <summary>The name by which it is found from any folder: the whole path of a file, else its name.</summary>
    public string Reference => Name == ShippedModel.Name || Name.StartsWith(SyntheticPrefix, StringComparison.Ordinal)
        ? Name
        : Path.GetFullPath(Name);

    /// <summary>SHA-256 of the file, or of its parts in order, lower-case hexadecimal: what a replay file is tied to.</summary>
    public string Sha256 { get; }

    /// <summary>Length of the file, all parts together.</summary>
    public long FileBytes { get; }

    /// <summary>Path of the file, or of its first part; the name of a model made on the spot.</summary>
    public string FilePath { get; }

    /// <summary>What of the file is no part of the model.</summary>
    public UnusedContent NotUsed { get; }

    /// <summary>Sizes.</summary>
    public ModelConfig Config { get; }

    /// <summary>Weights of the trunk.</summary>
    public ModelWeights<float> Weights { get; }

    /// <summary>The reference in double precision.</summary>
    public ReferenceModel<double> Exact { get; }

    /// <summary>
    /// The same code and weights in single precision, and after that the same with sums in other orders: samples of what
    /// rounding does (<see cref="Renumbering"/>).
    /// </summary>
    public IReadOnlyList<ReferenceModel<float>> Roundings { get; }

    /// <summary>What an engine for this model is made with.</summary>
    /// <param name="slots">Sequences that can exist at a time.</param>
    /// <param name="planes">P: states kept per sequence after a batch.</param>
    public EngineOptions Options(int slots, int planes) => new()
    {
        Model = _engineModel,
        Slots = slots,
        Planes = planes,
        MaxBatchTokens = MaxBatchTokens,
        MaxPositions = Config.MaxPositions,
    };

    /// <summary>What batches for this model must keep to.</summary>
    public BatchLimits Limits(int slots) => new(Config.Vocabulary, slots, MaxBatchTokens, Config.MaxPositions);

    /// <summary>The model that ends after its first trunk layers; a file of it is made when an engine asks for one.</summary>
    public LoadedModel First(int layers) => new(this, layers);

    /// <summary>Loads a model.</summary>
    /// <param name="name">
    /// A GGUF file, <c>synth:ARCH[:SEED[:SIZE]]</c> for a small random model made on the spot, or a smaller one of size
    /// <c>small</c> or <c>tiny</c>, or the name of the <see cref="ShippedModel"/>.
    /// </param>
    /// <exception cref="InputException">It cannot be used.</exception>
    public static LoadedModel Load(string name)
    {
        if (name.StartsWith(SyntheticPrefix, StringComparison.Ordinal))
        {
            byte[] bytes = MakeSynthetic(name);
            using GgufFile made = GgufFile.Parse(name, bytes);
            return new LoadedModel(name, made, () => Convert.ToHexStringLower(SHA256.HashData(bytes)));
        }

        string path = ShippedModel.PathOf(name);
        using GgufFile file = GgufFile.Open(path);
        return new LoadedModel(name, file, () =>
        {
            string sha256 = DigestOf(file.Paths);
            if (name == ShippedModel.Name) ShippedModel.Verify(sha256);
            return sha256;
        });
    }

    /// <summary>The file of a model of that name, or the one that would be made for it.</summary>
    /// <exception cref="InputException">No model has that name, or its file cannot be read.</exception>
    internal static GgufFile Open(string name) => name.StartsWith(SyntheticPrefix, StringComparison.Ordinal)
        ? GgufFile.Parse(name, MakeSynthetic(name))
        : GgufFile.Open(ShippedModel.PathOf(name));

    /// <summary>Names of random models of the same family that are smaller, the smallest first.</summary>
    internal static IEnumerable<string> Smaller(LoadedModel model) => NamedSizes
        .TakeWhile(size => !model.Name.EndsWith($":{size.Name}", StringComparison.Ordinal))
        .Select(size => $"{SyntheticPrefix}{ArchitectureNames.Of(model.Config.Architecture)}:1:{size.Name}");

    private static string DigestOf(IEnumerable<string> paths)
    {
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[1 << 20];
        foreach (string path in paths)
        {
            using FileStream stream = File.OpenRead(path);
            for (int read; (read = stream.Read(buffer)) > 0;) digest.AppendData(buffer, 0, read);
        }

        return Convert.ToHexStringLower(digest.GetHashAndReset());
    }

    internal static byte[] MakeSynthetic(string name)
    {
        string[] parts = name.Split(':');
        int seed = 1;
        SyntheticSizes? sizes = parts.Length < 4
            ? new SyntheticSizes()
            : NamedSizes.FirstOrDefault(size => size.Name == parts[3]).Sizes;
        if (parts.Length is not (2 or 3 or 4)
            || !ArchitectureNames.TryParse(parts[1], out Architecture architecture)
            || (parts.Length >= 3 && !int.TryParse(parts[2], CultureInfo.InvariantCulture, out seed))
            || sizes is null)
            throw new InputException(
                $"model '{name}'", "there is no such synthetic model",
                $"write synth:ARCH, synth:ARCH:SEED or synth:ARCH:SEED:SIZE, where ARCH is one of "
                + $"{string.Join(", ", ArchitectureNames.All)} and SIZE {string.Join(" or ", NamedSizes.Select(size => size.Name))}");
        using var stream = new MemoryStream();
        SyntheticModel.Create(architecture, sizes, seed).Write(stream);
        return stream.ToArray();
    }
}
