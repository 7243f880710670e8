using System.Diagnostics;
using Xunit;

namespace Gdn.Properties.Foreign;

/// <summary>Shared libraries from C sources, made by the system's compiler.</summary>
internal static class C
{
    private static readonly string s_sources = Path.Combine(AppContext.BaseDirectory, "foreign");

    private static readonly Lazy<string> s_folder = new(() => Directory.CreateTempSubdirectory("gdn-native-").FullName);

    /// <summary>Whether <c>cc</c> is there.</summary>
    public static bool HasCompiler { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, "cc")));

    /// <summary>Compiles a source that lies beside the tests; the library's path.</summary>
    public static string Compile(string source, params string[] options)
    {
        string library = Path.Combine(s_folder.Value, string.Concat(source, string.Concat(options), ".so"));
        if (File.Exists(library)) return library;
        var start = new ProcessStartInfo("cc") { RedirectStandardError = true };
        foreach (string argument in (string[])
            ["-O2", "-shared", "-fPIC", "-w", "-I", s_sources, .. options, "-o", library, Path.Combine(s_sources, source), "-lm"])
            start.ArgumentList.Add(argument);
        using Process compiler = Process.Start(start)!;
        string errors = compiler.StandardError.ReadToEnd();
        compiler.WaitForExit();
        Assert.True(compiler.ExitCode == 0, errors);
        return library;
    }
}

/// <summary>A test that needs a C compiler, and says so where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class CompiledFactAttribute : FactAttribute
{
    public CompiledFactAttribute()
    {
        if (!C.HasCompiler) Skip = "no C compiler: install one as cc to test native engines";
    }
}

/// <inheritdoc cref="CompiledFactAttribute"/>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class CompiledTheoryAttribute : TheoryAttribute
{
    public CompiledTheoryAttribute()
    {
        if (!C.HasCompiler) Skip = "no C compiler: install one as cc to test native engines";
    }
}
