using Gdn.Harness.Models;
using Gdn.Reference.Engines;

namespace Gdn.Harness.MtpDiff;

/// <summary>What is compared.</summary>
/// <param name="Engine">The engine.</param>
/// <param name="Model">The model.</param>
/// <param name="Seed">Of random choices.</param>
/// <param name="Prompts">The prompts.</param>
internal sealed record MtpDiffOptions(IEngineFactory Engine, LoadedModel Model, ulong Seed, PromptSet Prompts)
{
    /// <summary>An engine whose answers, with drafts and without, are compared with those of the first; null for none.</summary>
    public IEngineFactory? Against { get; init; }

    /// <summary>The K, ascending.</summary>
    public IReadOnlyList<int> Drafts { get; init; } = [1, 2, 3, 4, 5, 6, 7, 8];

    /// <summary>np: prompts that are answered side by side.</summary>
    public int Slots { get; init; } = 4;

    /// <summary>Tokens of an answer.</summary>
    public int Tokens { get; init; } = 48;

    /// <summary>0 for the likeliest token each time.</summary>
    public double Temperature { get; init; }

    /// <summary>Rounds in which the speed with drafts of the head is measured; 0 for no measurement.</summary>
    public int TimedRounds { get; init; }

    /// <summary>What drafts; null for all that the engine and the model can.</summary>
    public IReadOnlyList<DraftSourceKind>? Sources { get; init; }

    /// <summary>A model to draft with, of the same vocabulary, on an engine of the same kind; null for none.</summary>
    public LoadedModel? DraftModel { get; init; }
}
