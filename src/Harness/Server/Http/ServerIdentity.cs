namespace Gdn.Harness.Server.Http;

/// <summary>What a server reports as its identity.</summary>
/// <param name="Build">Version of the tool, and the engine.</param>
/// <param name="Engine">The engine, as on the command line.</param>
/// <param name="Model">The model, as on the command line.</param>
/// <param name="ModelPath">Its file.</param>
/// <param name="Vocabulary">V.</param>
/// <param name="Options">How it is set up.</param>
internal sealed record ServerIdentity(
    string Build, string Engine, string Model, string ModelPath, int Vocabulary, ServeOptions Options)
{
    /// <summary>Value of the header <c>Server</c>.</summary>
    public const string Server = "gdn-harness";
}
