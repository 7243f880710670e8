using Gdn.Reference;
using Gdn.Reference.Gguf;
using Gdn.Reference.Models;

namespace Gdn.Harness.Models;

/// <summary>What a model file has that is no part of the model as it is computed here.</summary>
/// <param name="Tensors">Names of tensors that nobody reads.</param>
/// <param name="Keys">Keys of the architecture that nobody asks for.</param>
public sealed record UnusedContent(IReadOnlyList<string> Tensors, IReadOnlyList<string> Keys)
{
    /// <summary>Whether the whole file is used.</summary>
    public bool IsEmpty => Tensors.Count == 0 && Keys.Count == 0;

    /// <summary>Looks into a file. No weights are read.</summary>
    /// <param name="file">The file.</param>
    /// <param name="config">What <see cref="ModelLoader.ReadConfig"/> made of it.</param>
    /// <exception cref="InputException">The model cannot be computed.</exception>
    public static UnusedContent Of(GgufFile file, ModelConfig config) =>
        new(ModelLoader.TensorsNotUsed(file, config), ModelLoader.KeysNotUsed(file));

    /// <summary>
    /// All names. The same one in several blocks is told once (<c>blk.0,1,2.ffn_up.scale</c>), and several of another model, such
    /// as an image encoder, as their first word with a count (<c>v.* (150)</c>).
    /// </summary>
    public string Describe() => string.Join(
        ", ",
        Tensors.GroupBy(name => BlockNumber.Of(name) is null ? Prefix(name) : Suffix(name))
            .Select(group => Describe(group.Key, [.. group])).Concat(Keys.Select(key => $"key {key}")));

    private static string Describe(string shared, string[] names) => names switch
    {
        [string single] => single,
        _ when BlockNumber.Of(names[0]) is null => $"{shared}* ({names.Length})",
        _ => $"blk.{string.Join(',', names.Select(BlockNumber.Of))}{shared}",
    };

    // blk.3.ffn_up.scale -> .ffn_up.scale
    private static string Suffix(string name) => name[name.IndexOf('.', "blk.".Length)..];

    private static string Prefix(string name) => name[..(name.IndexOf('.') + 1)];
}
