using Gdn.Reference;

namespace Gdn.Harness.Models;

/// <summary>
/// <c>gdn-tiny</c>: the trained model that lies beside the tool, qwen35 with a draft layer. Its README says on what it was
/// trained, and how well it does.
/// </summary>
public static class ShippedModel
{
    /// <summary>As on the command line; a file of that name in the working directory is written <c>./gdn-tiny</c>.</summary>
    public const string Name = "gdn-tiny";

    /// <summary>SHA-256 of the file, lower-case hexadecimal.</summary>
    public const string Sha256 = "a3a22f416f05f1ff6bb30908c2b520dd6583f2586557d22f22ac7edc181a28ff";

    /// <summary>Where it lies.</summary>
    public static string Path { get; } = System.IO.Path.Combine(AppContext.BaseDirectory, "gdn-tiny.gguf");

    /// <summary>The path of a model: of this one for its name, else the name itself.</summary>
    public static string PathOf(string name) => name == Name ? Path : name;

    /// <summary>Checks that a file is the one the tool was released with.</summary>
    /// <param name="sha256">Of the file found.</param>
    /// <exception cref="InputException">It is another.</exception>
    internal static void Verify(string sha256)
    {
        if (sha256 != Sha256)
            throw new InputException(
                Path, $"it is damaged (SHA-256 {sha256[..12]}, expected {Sha256[..12]})",
                "install the tool again, or name another model with --model");
    }
}
