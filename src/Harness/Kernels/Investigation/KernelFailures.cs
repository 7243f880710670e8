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
        Bug? known = _bugs.Find(bug => bug.Kind.Matches(kind) || bug.GoesOn);
        if (known is not null && !known.IsClearer(result.Findings[0]))
        {
            known.Add(@case, kind);
            return;
        }

        IReadOnlyList<KernelFinding> findings = result.Findings;
        try
        {
            findings = new KernelInvestigation(engine, @case, result, limit).Run();
        }
        finally
        {
            // Interrupted, what was found stands, less clear than it could be.
            Add(@case, kind, findings, known);
        }
    }

    // What was taken for several things may turn out to be one.
    private void Add(KernelCase @case, FailureKind kind, IReadOnlyList<KernelFinding> findings, Bug? known)
    {
        FailureKind smallest = FailureKind.Of(findings);
        known ??= _bugs.Find(bug => bug.IsThatOf(findings[0]) || bug.Kind.SharesSymptom(smallest));
        if (known is null) _bugs.Add(new Bug(@case, findings, kind));
        else if (known.IsClearer(findings[0])) known.Replace(@case, findings, kind);
        else known.Add(@case, kind);
    }

    // The case is that which was found; the findings are those of the smallest.
    private sealed class Bug(KernelCase @case, IReadOnlyList<KernelFinding> findings, FailureKind kind)
    {
        private readonly List<KernelCase> _others = [];
        private KernelCase _case = @case;
        private IReadOnlyList<KernelFinding> _findings = findings;

        public FailureKind Kind { get; private set; } = kind;

        // A kernel that is right once has shown it; from then on everything is wrong.
        public bool GoesOn => _findings[0].Instability is { IsRightAtFirst: true };

        public bool IsThatOf(KernelFinding other)
        {
            KernelFinding own = _findings[0];
            bool isUnstable = own.Instability is not null;
            if (isUnstable || other.Instability is not null) return isUnstable && other.Instability is not null;
            return own.HasSymptomOf(other)
                && ((own.Mistake is not null && own.Mistake == other.Mistake) || own.Case.Shape == other.Case.Shape);
        }

        // What a read or a write says of itself is clearer than wrong values.
        public bool IsClearer(KernelFinding other) =>
            _findings[0].Instability is null && other.Instability is null && other.Rank < _findings[0].Rank;

        public void Add(KernelCase @case, FailureKind other)
        {
            _others.Add(@case);
            Kind = Kind.With(other);
        }

        public void Replace(KernelCase @case, IReadOnlyList<KernelFinding> findings, FailureKind other)
        {
            Add(_case, other);
            (_case, _findings) = (@case, findings);
        }

        public IEnumerable<KernelFinding> Findings() =>
            _findings.Select((finding, i) => i > 0 || _others.Count == 0 ? finding : finding with { OtherCases = Others() });

        private string Others()
        {
            string[] regimes = [.. _others.Select(other => KernelCase.NameOf(other.Regime)).Distinct().Order(StringComparer.Ordinal)];
            return Invariant($"{_others.Count} other case{(_others.Count == 1 ? "" : "s")} ({string.Join(", ", regimes)})");
        }
    }
}
