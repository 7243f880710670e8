using System.Runtime.CompilerServices;
using Xunit;

namespace Gdn.Properties.Support;

/// <summary>A theory against the real libraries of llama.cpp; skipped where <see cref="GgmlFactAttribute"/> is.</summary>
public sealed class GgmlTheoryAttribute : TheoryAttribute
{
    public GgmlTheoryAttribute([CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
        : base(file, line) => Skip = new GgmlFactAttribute().Skip;
}
