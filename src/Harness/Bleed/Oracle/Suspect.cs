using Gdn.Reference.Engines;

namespace Gdn.Harness.Bleed.Oracle;

/// <summary>A fault that may be what is wrong with a server.</summary>
/// <param name="Words">Its name, and what goes wrong.</param>
/// <param name="FromSlots">The least np at which it shows.</param>
/// <param name="Engine">Our engine with the fault.</param>
internal sealed record Suspect(string Words, int FromSlots, Func<IEngineFactory> Engine)
{
    /// <summary>Whether passes of earlier rounds may show, because something is kept of them.</summary>
    public bool KeepsPasses { get; init; }

    /// <summary>Whether it lies in snapshots, so that it shows only where prompts come from a cache.</summary>
    public bool NeedsCache { get; init; }

    /// <summary>Whether it shows only after drafts were rejected.</summary>
    public bool NeedsDrafts { get; init; }
}
