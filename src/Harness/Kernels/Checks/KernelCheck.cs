using Gdn.Harness.Kernels.Calls;
using Gdn.Harness.Kernels.Cases;
using Gdn.Reference;
using Gdn.Reference.Kernels;

namespace Gdn.Harness.Kernels.Checks;

/// <summary>
/// Every check of one kernel on one case. Not verified: speed, and inputs outside <c>|k| = 1, g &lt;= 0, 0 &lt;= beta &lt;= 1</c>
/// once they are no longer raw.
/// </summary>
public static class KernelCheck
{
    private static readonly KernelBuffer[] Buffers = Enum.GetValues<KernelBuffer>();

    /// <summary>Runs the kernel up to four times: twice on the case as it is, twice with half of its sequences changed.</summary>
    /// <exception cref="InputException">The engine does not take calls of the case's form.</exception>
    public static KernelResult Run(IKernelEngine engine, KernelCase @case)
    {
        KernelForms undeclared = @case.Shape.Forms & ~engine.Forms;
        if (undeclared != KernelForms.None)
            throw new InputException(
                $"kernel engine '{engine.Name}'", $"it does not declare what the case {@case} needs: {undeclared}",
                "run the case on an engine that does");

        var trial = new KernelTrial(engine, @case);
        TrialRun first = trial.Run();
        if (first.Results is not { } results) return new KernelResult(first.Findings, first.Use) { Runs = [first.Outcome] };

        TrialRun again = trial.Run();
        List<KernelFinding> findings = [.. first.Findings];
        if (first.Bits != again.Bits) findings.AddRange(Nondeterminism(trial, results, again));
        // Runs that differ by themselves say nothing about other sequences.
        else CheckNonInterference(trial, results, findings);
        return new KernelResult([.. findings.OrderBy(finding => finding.Rank)], first.Use) { Runs = [first.Outcome, again.Outcome] };
    }

    private static IReadOnlyList<KernelFinding> Nondeterminism(KernelTrial trial, KernelRun results, TrialRun again)
    {
        if (again.Results is not { } others) return again.Findings;
        KernelFinding[] different =
        [
            .. Buffers.Select(buffer => trial.Differences(KernelProperty.Determinism, buffer, results, others))
                .OfType<KernelFinding>(),
        ];
        // Where only writes outside the results differ.
        return different.Length > 0 ? different : again.Findings;
    }

    // Changes a random half of the sequences and watches the other half, then the other way round.
    private static void CheckNonInterference(KernelTrial trial, KernelRun results, List<KernelFinding> findings)
    {
        (int[] half, int[] rest) = SequenceHalves.Of(trial.Data.Case.Shape.Sequences, trial.Data.Case.Seed);
        if (half.Length == 0) return;
        if (!IsDisturbed(trial, results, half, findings)) IsDisturbed(trial, results, rest, findings);
    }

    private static bool IsDisturbed(KernelTrial trial, KernelRun results, int[] changed, List<KernelFinding> findings)
    {
        int before = findings.Count;
        KernelCase @case = trial.Data.Case;
        if (trial.Execute(KernelData.GenerateChanged(@case, changed), findings) is not { } others) return true;
        foreach (KernelBuffer buffer in Buffers)
            if (trial.Differences(
                    KernelProperty.NonInterference, buffer, results, others,
                    i => !changed.Contains(KernelLocation.Of(buffer, @case.Shape, i).Sequence)) is { } finding)
                findings.Add(finding);
        return findings.Count > before;
    }
}
