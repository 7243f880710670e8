using Gdn.Reference.Engines;

namespace Gdn.Harness.Checks;

/// <summary>
/// A foreign engine's process outlives the schedule and answers in time. Compares nothing; runs before all other checks, which
/// would only see the same death again.
/// </summary>
public sealed class SurvivalCheck : IModelCheck
{
    private readonly EngineDeath _death;

    private SurvivalCheck(EngineDeath death) => _death = death;

    /// <summary>Of crashes.</summary>
    public static SurvivalCheck Crash { get; } = new(EngineDeath.Crash);

    /// <summary>Of calls that do not return.</summary>
    public static SurvivalCheck Hang { get; } = new(EngineDeath.Hang);

    /// <inheritdoc/>
    public string Name => _death == EngineDeath.Crash ? "crash" : "hang";

    /// <summary>Plays the case's schedule; the death that it leads to, or null.</summary>
    public static CheckFailure? DeathOf(ModelCase @case, CancellationToken cancellation)
    {
        try
        {
            @case.Rows(cancellation);
            return null;
        }
        catch (EngineFailedException e) when (e.InnerException is EngineDiedException died)
        {
            SurvivalCheck check = died.Death == EngineDeath.Crash ? Crash : Hang;
            return new CheckFailure(check, e.ToDiscrepancy(check.Name, @case.Schedule.Slots));
        }
        catch (EngineFailedException)
        {
            // It lives; other checks will report what it threw.
            return null;
        }
    }

    /// <inheritdoc/>
    public CheckOutcome Run(ModelCase @case, CancellationToken cancellation) =>
        new(0, 0, DeathOf(@case, cancellation) is { } death && death.Check == this ? death.Discrepancy : null);
}
