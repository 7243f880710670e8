using System.Runtime.CompilerServices;
using Xunit;

namespace Gdn.Properties.Support;

/// <summary>
/// A test against the real libggml: in the folder that <c>GDN_GGML_DIR</c> names, or where <c>npm ci</c> in
/// <c>tests/Golden/make</c> leaves it. Skipped where there is none.
/// </summary>
public sealed class GgmlFactAttribute : FactAttribute
{
    public GgmlFactAttribute([CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
        : base(file, line)
    {
        if (Folder is null)
            Skip = "no libggml: set GDN_GGML_DIR, or run 'npm ci --omit=optional' in tests/Golden/make";
    }

    /// <summary>The folder, or null.</summary>
    public static string? Folder { get; } = Find();

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable("GDN_GGML_DIR") is { Length: > 0 } named) return named;
        DirectoryInfo? root = new(AppContext.BaseDirectory);
        while (root is not null && !File.Exists(Path.Combine(root.FullName, "Harness.sln"))) root = root.Parent;
        string folder = Path.Combine(
            root?.FullName ?? "", "tests/Golden/make/node_modules/@node-llama-cpp/linux-x64/bins/linux-x64");
        return OperatingSystem.IsLinux() && Directory.Exists(folder) ? folder : null;
    }
}
