using System.CommandLine;

namespace Gdn.Harness.Cli;

/// <summary><c>model</c>: make and look at models.</summary>
internal static class ModelCommand
{
    public static Command Create() => new("model", "Make small models, and look into model files.");
}
