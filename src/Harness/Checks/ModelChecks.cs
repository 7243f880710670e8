using Gdn.Reference;
using Gdn.Reference.Engines;

namespace Gdn.Harness.Checks;

/// <summary>The checks at model level, strongest first.</summary>
public static class ModelChecks
{
    /// <summary>Every check that <c>check</c> and <c>gate</c> run on a schedule.</summary>
    public static IReadOnlyList<IModelCheck> All { get; } =
    [
        new PlayCheck(), new NonInterferenceCheck(), new DifferentialCheck(), new ReuseCheck(), new DeterminismCheck(),
        new SplitInvarianceCheck(), new RecomputationCheck(), new RenamingCheck(), new BatchOrderCheck(),
        new BatchHandlingCheck(),
    ];

    /// <summary>The same with those for engines that declare more than they must.</summary>
    public static IReadOnlyList<IModelCheck> For(EngineCapabilities capabilities) =>
        capabilities.RefusesDeeperRollbacks ? [.. All, new OverreachCheck()] : All;

    /// <summary>The check of that name.</summary>
    /// <exception cref="InputException">No check has that name.</exception>
    public static IModelCheck Named(string name)
    {
        IModelCheck[] known = [.. All, new OverreachCheck(), new SoloCheck(), SurvivalCheck.Crash, SurvivalCheck.Hang];
        return known.FirstOrDefault(check => check.Name == name) ?? throw new InputException(
            $"check '{name}'", "it does not exist", Suggestion.Remedy(name, [.. known.Select(check => check.Name)]));
    }
}
