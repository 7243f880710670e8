using System.Diagnostics;
using static System.FormattableString;

namespace Gdn.Harness.Kernels.Checks;

/// <summary>How often the same call fails: same inputs, fresh buffers.</summary>
/// <param name="Runs">How often it was run.</param>
/// <param name="Failed">How often something was wrong.</param>
/// <param name="Results">How many different results there were.</param>
/// <param name="Others">Runs whose results differ from the most frequent ones.</param>
/// <param name="Pattern">When it failed, where that is telling; otherwise empty.</param>
/// <param name="Failure">What was wrong first; null where nothing was, or not in these runs.</param>
internal sealed record KernelRepetition(int Runs, int Failed, int Results, int Others, string Pattern, KernelFinding? Failure)
{
    /// <summary>Runs that show a failure of one run in 60 with near certainty.</summary>
    public const int Enough = 240;

    private const string AllButTheFirst = ", all but the first";

    // A timer is coarser than that; and a call that crashes costs a process.
    private const int Least = 3;

    /// <summary>Whether only the first run was right: then whatever comes later is wrong too.</summary>
    public bool IsRightAtFirst => Pattern == AllButTheFirst;

    /// <summary>Whether all runs came out the same.</summary>
    public bool IsDeterministic => Results == 1;

    /// <summary>Runs a case again and again.</summary>
    /// <param name="trial">The case.</param>
    /// <param name="before">Runs of the same call that have been seen.</param>
    /// <param name="runs">Runs at most, those before included.</param>
    /// <param name="limit">Ends it, but for the first few.</param>
    public static KernelRepetition Of(KernelTrial trial, IReadOnlyList<RunOutcome> before, int runs, TimeSpan limit)
    {
        var watch = Stopwatch.StartNew();
        List<RunOutcome> seen = [.. before];
        KernelFinding? failure = null;
        while (seen.Count < runs && (seen.Count < Least || watch.Elapsed < limit))
        {
            TrialRun run = trial.Run();
            seen.Add(run.Outcome);
            failure ??= run.Findings.Count > 0 ? run.Findings[0] : null;
            // Each costs the time limit.
            if (run.Findings.Any(finding => finding.Property == KernelProperty.Hang)) break;
        }

        int failed = seen.Count(run => run.Fails);
        int[] counts = [.. seen.CountBy(run => run).Select(pair => pair.Value)];
        string pattern = seen.Count < Least ? ""
            : failed == 1 && seen[0].Fails ? ", the first"
            : failed == seen.Count - 1 && !seen[0].Fails ? AllButTheFirst
            : "";
        return new KernelRepetition(seen.Count, failed, counts.Length, seen.Count - counts.Max(), pattern, failure);
    }

    /// <summary>With one more run that failed, and not in the way of any other.</summary>
    public KernelRepetition WithFailure() => new(Runs + 1, Failed + 1, Results + 1, Others + 1, "", Failure);

    /// <summary>The finding that is made of something that is not always wrong.</summary>
    /// <param name="symptom">What was wrong, or differed.</param>
    public KernelFinding ToFinding(KernelFinding symptom) =>
        symptom with
        {
            Property = KernelProperty.Determinism,
            Kind = "",
            Error = 0,
            Allowed = 0,
            Worst = null,
            Instability = this,
        };

    /// <inheritdoc/>
    public override string ToString() => (Failed, IsDeterministic) switch
    {
        (_, true) => Invariant($"fails {Failed} of {Runs} runs of the same call"),
        (0, _) => Invariant($"{Others} of {Runs} runs of the same call give other bits: not deterministic"),
        _ when Failed == Runs => Invariant($"fails all {Runs} runs of the same call, with {Results} different results: not deterministic"),
        _ => Invariant($"fails {Failed} of {Runs} runs of the same call{Pattern}: not deterministic"),
    };
}
