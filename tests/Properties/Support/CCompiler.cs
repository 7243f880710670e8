using System.Diagnostics;
using System.Runtime.CompilerServices;
using Xunit;

namespace Gdn.Properties.Support;

/// <summary>The system's C compiler, for small libraries that stand in for others.</summary>
internal static class CCompiler
{
    /// <summary>Whether there is one.</summary>
    public static bool Exists { get; } = OperatingSystem.IsLinux() && Environment.GetEnvironmentVariable("PATH")!
        .Split(':').Any(folder => File.Exists(Path.Combine(folder, "cc")));

    /// <summary>What tests say that need one.</summary>
    public static string? SkipReason => Exists ? null : "no C compiler: install one that is called cc";

    /// <summary>Compiles a shared library.</summary>
    public static void Build(string source, string library, params string[] definitions)
    {
        var start = new ProcessStartInfo("cc") { RedirectStandardError = true };
        foreach (string argument in (string[])
            ["-shared", "-fPIC", "-O2", "-w", .. definitions.Select(definition => "-D" + definition), "-o", library, source, "-lm"])
            start.ArgumentList.Add(argument);
        using Process process = Process.Start(start)!;
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, errors);
    }
}

/// <summary>A test that needs a C compiler; skipped where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class CCompilerFactAttribute : FactAttribute
{
    public CCompilerFactAttribute([CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
        : base(file, line) => Skip = CCompiler.SkipReason;
}

/// <summary>A theory that needs a C compiler; skipped where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class CCompilerTheoryAttribute : TheoryAttribute
{
    public CCompilerTheoryAttribute([CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
        : base(file, line) => Skip = CCompiler.SkipReason;
}
