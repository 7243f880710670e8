using Gdn.Reference.Models;

namespace Gdn.Harness.Models;

/// <summary>Many names of tensors in few words.</summary>
internal static class TensorNames
{
    /// <summary>
    /// The same name in several blocks becomes one (<c>blk.0,1,2.ffn_up.scale</c>), and what is another model's, such as an
    /// image encoder's, its first word with a count (<c>v.* (150)</c>).
    /// </summary>
    public static string Shorten(IEnumerable<string> names) => string.Join(
        ", ", names.GroupBy(name => BlockNumber.Of(name) is null ? Prefix(name) : Suffix(name))
            .Select(group => Text(group.Key, [.. group])));

    private static string Text(string key, string[] names) => names switch
    {
        [string single] => single,
        _ when BlockNumber.Of(names[0]) is null => $"{key}* ({names.Length})",
        _ => $"blk.{string.Join(',', names.Select(BlockNumber.Of))}{key}",
    };

    // blk.3.ffn_up.scale -> .ffn_up.scale
    private static string Suffix(string name) => name[name.IndexOf('.', "blk.".Length)..];

    private static string Prefix(string name) => name[..(name.IndexOf('.') + 1)];
}
