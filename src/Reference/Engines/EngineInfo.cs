namespace Gdn.Reference.Engines;

/// <summary>What an engine says of itself.</summary>
/// <param name="Name">Name in reports, for example <c>cpu+fault:gr-shape-key</c>.</param>
/// <param name="Vocabulary">Length of a row of logits.</param>
public sealed record EngineInfo(string Name, int Vocabulary)
{
    /// <summary>Options in force that a name does not show, for reports; empty for none.</summary>
    public string Settings { get; init; } = "";

    /// <summary>What it can do, and what it promises about its results.</summary>
    public EngineCapabilities Capabilities { get; init; } = new();
}
