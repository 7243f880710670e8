using System.Diagnostics;
using Gdn.Harness.Kernels.Cases;
using Gdn.Harness.Kernels.Checks;
using Gdn.Harness.Kernels.Mistakes;
using Gdn.Reference.Kernels;

namespace Gdn.Harness.Kernels.Investigation;

/// <summary>
/// Makes a finding of a failing case: does the same call always fail, what is the smallest case that fails in the same way, which
/// of its neighbours do, and which known mistake explains it.
/// </summary>
internal sealed class KernelInvestigation
{
    // Shares of the time, and what is enough for each.
    private static readonly TimeSpan MostForRepeating = TimeSpan.FromSeconds(4), MostForNaming = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan MostForProbing = TimeSpan.FromSeconds(8);

    // Where every call that fails costs a process, fewer of them have to do, or the answer would take most of a minute.
    private static readonly TimeSpan MostForRepeatingDeaths = TimeSpan.FromSeconds(1), MostForProbingDeaths = TimeSpan.FromSeconds(2);

    private readonly IKernelEngine _engine;
    private readonly KernelCase _case;
    private readonly KernelResult _result;
    private readonly TimeSpan _limit;
    private readonly Stopwatch _watch = Stopwatch.StartNew();

    /// <summary>Of a case that has failed.</summary>
    /// <param name="engine">The kernel.</param>
    /// <param name="case">The case.</param>
    /// <param name="result">What was found.</param>
    /// <param name="limit">Time for all of it.</param>
    public KernelInvestigation(IKernelEngine engine, KernelCase @case, KernelResult result, TimeSpan limit) =>
        (_engine, _case, _result, _limit) = (engine, @case, result, limit);

    private KernelFinding Symptom => _result.Findings[0];

    private bool IsDeath => Symptom.Property == KernelProperty.Crash;

    /// <summary>All that is wrong on the smallest case, the most telling first, with what the investigation has found out.</summary>
    public IReadOnlyList<KernelFinding> Run()
    {
        if (Flakiness() is { } flaky) return [flaky];
        string? mistake = Mistake(_case);
        (KernelCase smallest, KernelCase? medium, IReadOnlyList<KernelFinding> findings) = Shrunk();
        // Small cases tell few mistakes apart, and large ones take too long.
        mistake ??= medium is null ? null : Mistake(medium) ?? Mistake(smallest);
        return
        [
            findings[0] with { Mistake = mistake, Neighbours = Neighbours(smallest) },
            .. findings.Skip(1),
        ];
    }

    /// <summary>Whether a smaller case shows the same thing as clearly: an error barely above what is allowed convinces nobody.</summary>
    internal static bool IsAsClear(KernelFinding candidate, KernelFinding original) =>
        candidate.HasSymptomOf(original) && candidate.Ratio >= Math.Min(100, Math.Sqrt(original.Ratio));

    // A finding of its own in place of whatever it was taken for.
    private KernelFinding? Flakiness()
    {
        // A hang costs the time limit at every call.
        if (Symptom.Property == KernelProperty.Hang) return null;
        var trial = new KernelTrial(_engine, _case);
        KernelRepetition repetition = KernelRepetition.Of(trial, _result.Runs, KernelRepetition.Enough, Share(0.3, IsDeath ? MostForRepeatingDeaths : MostForRepeating));
        if (repetition.IsDeterministic)
        {
            IReadOnlyList<KernelFinding> again = KernelCheck.Run(_engine, _case).Findings;
            if (again.Any(finding => finding.HasSymptomOf(Symptom))) return null;
            repetition = repetition.WithFailure();
        }

        return repetition.ToFinding(Symptom);
    }

    private string? Mistake(KernelCase @case)
    {
        if (@case.Shape.Work > MistakeSearch.MostWork || @case.Shape.Forms != KernelForms.None) return null;
        if (!_result.Findings.Any(finding => finding.Property is KernelProperty.ErrorBound or KernelProperty.Baseline)) return null;
        TimeSpan end = _watch.Elapsed + Share(0.2, MostForNaming);
        var trial = new KernelTrial(_engine, @case);
        return trial.Run() is { Fails: true, Results: { } results }
            ? MistakeSearch.Name(trial.Data, trial.Expectation, _engine.Precision, results, () => _watch.Elapsed > end)
            : null;
    }

    // The smallest case, the first on the way to it that is small enough to be computed with every mistake, and what is wrong.
    private (KernelCase Smallest, KernelCase? Medium, IReadOnlyList<KernelFinding> Findings) Shrunk()
    {
        KernelCase? medium = null;
        TimeSpan end = _watch.Elapsed + Share(0.6, _limit);
        IReadOnlyList<KernelFinding> findings = _result.Findings;
        KernelCase smallest = KernelShrinker.Shrink(_engine, _case, candidate =>
        {
            if (_watch.Elapsed > end) return false;
            IReadOnlyList<KernelFinding> found = KernelCheck.Run(_engine, candidate).Findings;
            // What was the most telling stays so.
            bool fails = found.Count > 0 && IsAsClear(found[0], Symptom);
            if (!fails) return false;
            findings = found;
            if (candidate.Shape.Work <= MistakeSearch.MostWork) medium ??= candidate;
            return true;
        });
        return (smallest, medium, findings);
    }

    private IReadOnlyList<string> Neighbours(KernelCase smallest)
    {
        if (Symptom.Property == KernelProperty.Hang || !smallest.Shape.Lengths.IsEmpty) return [];
        TimeSpan end = _watch.Elapsed + Share(1, IsDeath ? MostForProbingDeaths : MostForProbing);
        return NeighbourProbe.Around(
            _engine, smallest, @case => KernelCheck.Run(_engine, @case).Findings.Count > 0, () => _watch.Elapsed > end);
    }

    // A share of what is left.
    private TimeSpan Share(double share, TimeSpan most)
    {
        TimeSpan left = (_limit - _watch.Elapsed) * share;
        return left < TimeSpan.Zero ? TimeSpan.Zero : left < most ? left : most;
    }
}
