using Gdn.Harness.Checks;
using Gdn.Harness.Findings;
using Gdn.Harness.Schedules.Coverage;
using Gdn.Reference.Engines;

namespace Gdn.Harness.Campaigns;

/// <summary>The schedules of one np.</summary>
/// <param name="Slots">np.</param>
public sealed record ScheduleRow(int Slots)
{
    /// <summary>Schedules run.</summary>
    public int Cases { get; private set; }

    /// <summary>Schedules that failed a check.</summary>
    public int Dirty { get; private set; }

    /// <summary>Tokens in those schedules, once each however many checks ran.</summary>
    public long Tokens { get; private set; }

    /// <summary>Rows of logits compared, over all checks.</summary>
    public long Rows { get; private set; }

    /// <summary>Rows left out because routing to another expert would have been right too.</summary>
    public long Ties { get; private set; }

    /// <summary>Those of them that show a known finding.</summary>
    public int Known { get; private set; }

    /// <summary>Counts a failed case as known.</summary>
    public void AddKnown() => Known++;

    /// <summary>Counts a case.</summary>
    public void Add(CaseResult result)
    {
        Cases++;
        Dirty += result.Failures.Count > 0 ? 1 : 0;
        Tokens += result.Case.Schedule.TokenCount;
        Rows += result.Rows;
        Ties += result.Ties;
    }
}

/// <summary>What the schedules have shown.</summary>
/// <param name="Rows">One row per np.</param>
/// <param name="Findings">The failing cases, shrunk, one for all that show the same.</param>
/// <param name="Completed">
/// Whether everything was run: false after a finding or a cancellation, true when the time was used up.
/// </param>
/// <param name="Coverage">What the schedules did.</param>
/// <param name="Counters">What the engine counted, over all schedules.</param>
public sealed record ScheduleResult(
    IReadOnlyList<ScheduleRow> Rows, IReadOnlyList<Finding> Findings, bool Completed, ScheduleCoverage Coverage,
    EngineCounters Counters)
{
    /// <summary>Failed schedules that there was no time to look into.</summary>
    public int Unexamined { get; init; }

    /// <summary>Whether it stopped since it had found enough.</summary>
    public bool IsStopped { get; init; }
}
