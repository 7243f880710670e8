using System.Globalization;
using Gdn.Harness.Findings;

namespace Gdn.Harness.Reports;

/// <summary>What a command found.</summary>
/// <param name="Command">The command.</param>
/// <param name="Seed">Seed of the run.</param>
/// <param name="Parts">What it did, one part or more.</param>
public sealed record Report(string Command, ulong Seed, IReadOnlyList<Part> Parts)
{
    private static readonly TableOf<Part> SummaryTable = new TableOf<Part>("parts")
        .Left("part", "part", part => part.Name)
        .Left("verdict", "verdict", part => part.Verdict)
        .Left("basis", "basis", part => part.Basis)
        .Right(
            "seconds", "seconds", part => part.Duration.TotalSeconds,
            part => part.Duration.TotalSeconds.ToString("F1", CultureInfo.InvariantCulture));

    /// <summary>Dirty if any part is, else the worst.</summary>
    public Verdict Verdict => Part.VerdictOf(Parts);

    /// <summary>What the verdict is based on, in one line.</summary>
    public string Basis => Parts is [var only]
        ? only.Basis
        : string.Create(
            CultureInfo.InvariantCulture,
            $"{Parts.Count(part => part.Verdict == Verdict.Clean)} of {Parts.Count} parts clean");

    /// <summary>The findings of all parts.</summary>
    public IEnumerable<Finding> Findings => Parts.SelectMany(part => part.Findings);

    /// <summary>What it did not do, though it could be expected to.</summary>
    public IReadOnlyList<LeftOut> LeftOut { get; init; } = [];

    /// <summary>Whether somebody ended it early.</summary>
    public bool IsInterrupted { get; init; }

    /// <summary>Known findings that did not occur.</summary>
    public IReadOnlyList<KnownFinding> NotSeen { get; init; } = [];

    /// <summary>When it was made.</summary>
    public DateTimeOffset Time { get; init; } = DateTimeOffset.UtcNow;

    /// <summary>The arguments that decide what is run, in the order of the options' names; without seeds, shards and where results go.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Which part of the work this is, for example <c>3/32</c>; null for all of it.</summary>
    public string? Shard { get; init; }

    /// <summary>The commit of the sources in the current folder; null outside a repository.</summary>
    public string? Commit { get; init; }

    /// <summary>How the figures of runs like this one went; none without a history.</summary>
    public IReadOnlyList<Trend> Trends { get; init; } = [];

    /// <summary>Where it was run.</summary>
    public RunEnvironment Environment { get; init; } = RunEnvironment.Current;

    /// <summary>The parts side by side.</summary>
    public Table Summary() => SummaryTable.Of(Parts);
}
