using Gdn.Reference.Engines;

namespace Gdn.Harness.MtpDiff;

/// <summary>An engine whose answers with drafts are compared, and what was found of it.</summary>
/// <param name="Name">What tells it from another in reports: its name; null where it is the only one.</param>
/// <param name="Options">What is compared, with this engine.</param>
/// <param name="Runner">Answers on it.</param>
/// <param name="Comparison">Compares with the answers without drafts, which may be another engine's.</param>
internal sealed record ComparedEngine(string? Name, MtpDiffOptions Options, DraftRunner Runner, Comparison Comparison)
{
    /// <summary>The K that it can, ascending: what it can take back after.</summary>
    public IReadOnlyList<int> Drafts { get; } = [.. Options.Drafts.Where(k => k <= Runner.MostDrafts)];

    /// <summary>What drafts on it: what is asked for, less what it cannot.</summary>
    public IReadOnlyList<DraftSourceKind> Sources { get; } = SourcesOf(Options, Runner);

    /// <summary>Whether it was to draft with draft layers and cannot.</summary>
    public bool LacksHead => Wanted(Options).Contains(DraftSourceKind.Head) && !Sources.Contains(DraftSourceKind.Head);

    /// <summary>The arms so far.</summary>
    public List<ArmResult> Results { get; } = [];

    /// <summary>The engine, and the one that it is compared with as well, if there is one.</summary>
    public static IReadOnlyList<ComparedEngine> Of(MtpDiffOptions options)
    {
        var runner = new DraftRunner(options);
        var own = new ComparedEngine(options.Against is null ? null : options.Engine.Name, options, runner, new Comparison(options, runner));
        if (options.Against is not { } other) return [own];
        MtpDiffOptions others = options with { Engine = other };
        var otherRunner = new DraftRunner(others);
        return [own, new ComparedEngine(NameBeside(other, options.Engine), others, otherRunner, own.Comparison.For(others, otherRunner))];
    }

    private static string NameBeside(IEngineFactory other, IEngineFactory engine) =>
        other.Name == engine.Name ? $"{other.Name}, again" : other.Name;

    private static List<DraftSourceKind> Wanted(MtpDiffOptions options)
    {
        List<DraftSourceKind> sources =
            [.. options.Sources ?? [DraftSourceKind.Head, DraftSourceKind.Lookup, DraftSourceKind.Forced]];
        if (options.DraftModel is not null && !sources.Contains(DraftSourceKind.Model)) sources.Add(DraftSourceKind.Model);
        return sources;
    }

    private static List<DraftSourceKind> SourcesOf(MtpDiffOptions options, DraftRunner runner)
    {
        List<DraftSourceKind> sources = Wanted(options);
        if (!runner.HasHead()) sources.Remove(DraftSourceKind.Head);
        return sources;
    }
}
