using Gdn.Reference.Engines;

namespace Gdn.Harness.Speculation;

/// <summary>How answers are made with drafts.</summary>
/// <param name="Drafts">K: most tokens drafted for one batch.</param>
/// <param name="Tokens">Tokens of an answer.</param>
internal sealed record SpeculationOptions(int Drafts, int Tokens)
{
    /// <summary>0 for the likeliest token each time.</summary>
    public double Temperature { get; init; }

    /// <summary>Of random choices.</summary>
    public ulong Seed { get; init; }

    /// <summary>The token after which an answer ends; -1 for none.</summary>
    public int End { get; init; } = -1;

    /// <summary>
    /// Rounds after which the states of all sequences are kept, the sequences cleared, and the states restored, each to the slot
    /// of another one; 0 for never.
    /// </summary>
    public int MoveEvery { get; init; }

    /// <summary>Tokens of a prompt that one batch takes at most, of all sequences together.</summary>
    public int UbatchTokens { get; init; } = 128;

    /// <summary>The most tokens that an engine can be drafted by, if all of them may have to be taken back.</summary>
    /// <param name="capabilities">What it declares.</param>
    /// <param name="planes">P: states that it keeps per sequence.</param>
    public static int MostDrafts(EngineCapabilities capabilities, int planes)
    {
        int drafts = 0;
        while (drafts < planes && capabilities.RollbackLimit(planes, drafts + 2) > drafts) drafts++;
        return drafts;
    }
}
