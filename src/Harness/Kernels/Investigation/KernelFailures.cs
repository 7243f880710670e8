using Gdn.Harness.Kernels.Cases;
using Gdn.Harness.Kernels.Checks;
using Gdn.Reference.Kernels;
using static System.FormattableString;

namespace Gdn.Harness.Kernels.Investigation;

/// <summary>The failing cases of a run, by bug: the first of each is investigated, the others are counted.</summary>
/// <param name="engine">The kernel.</param>
internal sealed class KernelFailures(IKernelEngine engine)
{
    private readonly List<Bug> _bugs = [];

    /// <summary>Failing cases.</summary>
    public int Cases { get; private set; }

    /// <summary>Bugs told apart.</summary>
    public int Bugs => _bugs.Count;

    /// <summary>All that is wrong on the case of each bug.</summary>
    public IReadOnlyList<KernelFinding> Findings => [.. _bugs.SelectMany(bug => bug.Findings())];

    /// <summary>Takes in a failing case.</summary>
    /// <param name="case">The case.</param>
    /// <param name="result">What was found.</param>
    /// <param name="limit">Time for an investigation.</param>
    public void Add(KernelCase @case, KernelResult result, TimeSpan limit)
    {
        Cases++;
        FailureKind kind = FailureKind.Of(result.Findings);
        if (_bugs.Find(bug => bug.Kind.Matches(kind) || bug.GoesOn) is { } known)
        {
            known.Add(@case, kind);
            return;
        }

        IReadOnlyList<KernelFinding> findings = result.Findings;
        try
        {
            findings = new KernelInvestigation(engine, @case, result, limit).Run();
        }
        catch (OperationCanceledException)
        {
            // What was found stands, less clear than it could be.
            _bugs.Add(new Bug(findings, kind));
            throw;
        }

        // What was taken for several things may turn out to be one.
        if (_bugs.Find(bug => bug.IsThatOf(findings[0])) is { } same) same.Add(@case, kind);
        else _bugs.Add(new Bug(findings, kind));
    }

    private sealed class Bug(IReadOnlyList<KernelFinding> findings, FailureKind kind)
    {
        private readonly List<KernelCase> _others = [];

        public FailureKind Kind { get; private set; } = kind;

        // A kernel that is right once has shown it; from then on everything is wrong.
        public bool GoesOn => findings[0].Instability is { IsRightAtFirst: true };

        public bool IsThatOf(KernelFinding other)
        {
            KernelFinding own = findings[0];
            bool isUnstable = own.Instability is not null;
            if (isUnstable || other.Instability is not null) return isUnstable && other.Instability is not null;
            return own.HasSymptomOf(other)
                && ((own.Mistake is not null && own.Mistake == other.Mistake) || own.Case.Shape == other.Case.Shape);
        }

        public void Add(KernelCase @case, FailureKind other)
        {
            _others.Add(@case);
            Kind = Kind.With(other);
        }

        public IEnumerable<KernelFinding> Findings() =>
            findings.Select((finding, i) => i > 0 || _others.Count == 0 ? finding : finding with { OtherCases = Others() });

        private string Others()
        {
            string[] regimes = [.. _others.Select(other => KernelCase.NameOf(other.Regime)).Distinct().Order(StringComparer.Ordinal)];
            return Invariant($"{_others.Count} other case{(_others.Count == 1 ? "" : "s")} ({string.Join(", ", regimes)})");
        }
    }
}
