using Gdn.Harness.Clients;
using static System.FormattableString;

namespace Gdn.Harness.Bleed;

/// <summary>What a round has left behind: prompts that the server answers otherwise after it, although nobody else asks.</summary>
/// <param name="Asked">Prompts that were answered alone twice alike before the round.</param>
/// <param name="Changed">Those of them whose answer has changed.</param>
/// <param name="Lasts">Whether they are still answered otherwise when they are asked once more.</param>
public sealed record Aftermath(int Asked, IReadOnlyList<ChangedAnswer> Changed, bool Lasts)
{
    /// <summary>Whether nothing that the server says from now on can be judged by what it said before.</summary>
    public bool IsTotal => Lasts && Changed.Count == Asked;

    /// <summary>In words.</summary>
    public string Reason =>
        Invariant($"state outlives requests: {Changed.Count} of {Asked} prompts that were answered alone, twice alike, ")
        + "before this round " + (Changed.Count == 1 ? "is" : "are") + " answered otherwise after it, alone too"
        + (Lasts ? "" : "; asked once more, as before");
}

/// <summary>A prompt whose answer has changed.</summary>
/// <param name="Prompt">The prompt.</param>
/// <param name="Before">Its answer before the round.</param>
/// <param name="After">Its answer after it; null if it was refused.</param>
/// <param name="Reason">Why noise does not explain that.</param>
public sealed record ChangedAnswer(Prompt Prompt, Completion Before, Completion? After, string Reason);
