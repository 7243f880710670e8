using System.Runtime.InteropServices;
using Gdn.Harness.Kernels.Bounds;
using Gdn.Harness.Kernels.Calls;
using Gdn.Harness.Kernels.Cases;
using Gdn.Reference.Kernels;

namespace Gdn.Harness.Kernels.Checks;

/// <summary>One kernel on one case, run as often as is asked for; each run is judged by itself.</summary>
internal sealed class KernelTrial
{
    private static readonly KernelBuffer[] Buffers = Enum.GetValues<KernelBuffer>();
    private readonly IKernelEngine _engine;
    private readonly Dictionary<int, TrialRun> _judged = [];
    private KernelExpectation? _expectation;
    private KernelBaseline? _baseline;

    /// <summary>Makes the inputs.</summary>
    public KernelTrial(IKernelEngine engine, KernelCase @case)
    {
        _engine = engine;
        Data = KernelData.Generate(@case);
    }

    /// <summary>The inputs.</summary>
    public KernelData Data { get; }

    /// <summary>What the results must be.</summary>
    public KernelExpectation Expectation => _expectation ??= KernelExpectation.Compute(Data, _engine.Precision);

    private KernelShape Shape => Data.Case.Shape;

    /// <summary>Runs the kernel on the case; equal results are judged once.</summary>
    public TrialRun Run()
    {
        var findings = new List<KernelFinding>();
        // Part of every call: an engine in a process of its own may die of the question, and says so in the run that follows.
        _engine.Supports(Shape);
        if (Execute(Data, findings) is not { } run) return new TrialRun(null, findings, default, 0);
        int bits = BitsOf(run);
        if (_judged.TryGetValue(bits, out TrialRun? known)) return known;
        CheckWrites(run, findings);
        ToleranceUse use = CheckValues(run, findings);
        return _judged[bits] = new TrialRun(run, findings, use, bits);
    }

    /// <summary>Runs the kernel on inputs, in fresh buffers; null, and a finding, where it does not return.</summary>
    public KernelRun? Execute(KernelData data, List<KernelFinding> findings)
    {
        try
        {
            return KernelRun.Execute(_engine, data);
        }
        catch (Exception e) when (CallFailure.Of(e) is { } failure)
        {
            string where = failure.Property == KernelProperty.Refused ? $"the call is refused: {failure.Where}" : failure.Where;
            findings.Add(New(failure.Property, where) with { Kind = failure.Kind });
            return null;
        }
    }

    /// <summary>A finding of elements that differ in bits, or null where none does.</summary>
    public KernelFinding? Differences(KernelProperty property, KernelBuffer buffer, KernelRun a, KernelRun b, Func<int, bool>? isWatched = null)
    {
        ReadOnlySpan<float> first = a[buffer], second = b[buffer];
        var wrong = new List<int>();
        for (int i = 0; i < first.Length; i++)
            if (BitConverter.SingleToInt32Bits(first[i]) != BitConverter.SingleToInt32Bits(second[i]) && isWatched?.Invoke(i) != false)
                wrong.Add(i);
        if (wrong.Count == 0) return null;
        (KernelExtent extent, int at) = KernelExtent.Of(buffer, Shape, first.Length, wrong);
        return Element(property, buffer, extent, first[at], second[at]);
    }

    private void CheckWrites(KernelRun run, List<KernelFinding> findings)
    {
        if (run.FirstStrayWrite() is { } where) findings.Add(StrayWrite(where));

        int length = Shape.Rule.StateLength;
        if (GuardedBuffers.FirstForeignWrite(Data.Pool, run.Pool, Data.Rows, length) is not { Row: var row, Element: var at }) return;
        int index = row * length + at;
        findings.Add(New(
            KernelProperty.ForeignRows, $"pool[row {row} of no sequence, element {at}]", Data.Pool[index], run.Pool[index]));
    }

    private ToleranceUse CheckValues(KernelRun run, List<KernelFinding> findings)
    {
        _baseline ??= new KernelBaseline(Data, _engine.Precision);
        ToleranceUse use = default;
        bool isFinite = true;
        foreach (KernelBuffer buffer in Buffers)
        {
            Expected expected = Expectation[buffer];
            ReadOnlySpan<float> actual = run[buffer];
            List<int> bad = NotFinite(actual);
            if (bad.Count > 0)
            {
                (KernelExtent extent, int at) = KernelExtent.Of(buffer, Shape, actual.Length, bad);
                findings.Add(Element(KernelProperty.Finite, buffer, extent, expected.Values[at], actual[at]));
                isFinite = false;
                continue;
            }

            double[] baseline = _baseline.Errors(buffer, expected);
            (Excess bound, Excess relative) = KernelTolerance.Worst(expected, actual, baseline);
            if (bound.Ratio > 1) findings.Add(TooLarge(KernelProperty.ErrorBound, buffer, bound, expected, baseline, actual));
            if (relative.Ratio > 1) findings.Add(TooLarge(KernelProperty.Baseline, buffer, relative, expected, baseline, actual));
            use = use.Max(buffer == KernelBuffer.Output
                ? new ToleranceUse(bound.Ratio, 0, relative.Ratio)
                : new ToleranceUse(0, bound.Ratio, relative.Ratio));
        }

        if (isFinite && new StorageCheck(Shape, _engine.Precision).FirstViolation(run, Expectation, _baseline) is { } violation)
            findings.Add(New(KernelProperty.Storage, violation));
        return use;
    }

    private KernelFinding TooLarge(
        KernelProperty property, KernelBuffer buffer, Excess excess, Expected expected, double[] baseline, ReadOnlySpan<float> actual)
    {
        double[] allowed = KernelTolerance.Allowed(expected, baseline);
        var wrong = new List<int>();
        // In a block whose norm is too large, at least one element errs by more than its share.
        double share = 1 / Math.Sqrt(expected.BlockLength);
        for (int block = 0; block < allowed.Length; block++)
        {
            if (expected.Error(actual, block).Norm <= allowed[block]) continue;
            for (int i = block * expected.BlockLength; i < (block + 1) * expected.BlockLength; i++)
                if (Math.Abs(actual[i] - expected.Values[i]) > share * allowed[block]) wrong.Add(i);
        }

        (KernelExtent extent, int at) = KernelExtent.Of(buffer, Shape, actual.Length, wrong);
        return Element(property, buffer, extent, expected.Values[at], actual[at]) with
        {
            Error = excess.Error,
            Allowed = excess.Allowed,
            Worst = KernelLocation.Of(buffer, Shape, excess.Worst).ToString(),
        };
    }

    private static List<int> NotFinite(ReadOnlySpan<float> values)
    {
        var found = new List<int>();
        for (int i = 0; i < values.Length; i++)
            if (!float.IsFinite(values[i])) found.Add(i);
        return found;
    }

    private static int BitsOf(KernelRun run)
    {
        var hash = new HashCode();
        hash.AddBytes(MemoryMarshal.AsBytes(run.Pool));
        foreach (KernelBuffer buffer in Buffers) hash.AddBytes(MemoryMarshal.AsBytes(run[buffer]));
        hash.Add(run.FirstStrayWrite());
        return hash.ToHashCode();
    }

    private KernelFinding StrayWrite(string where) => New(KernelProperty.StrayWrites, where) with { Kind = where.Split('[', 2)[0] };

    private KernelFinding Element(KernelProperty property, KernelBuffer buffer, KernelExtent extent, double expected, float actual)
    {
        (string Words, string Kind)? origin = Origin(buffer, actual);
        return New(property, extent.First.ToString(), expected, actual) with
        {
            Extent = extent,
            Holds = origin?.Words,
            Kind = origin?.Kind ?? "",
        };
    }

    // What a NaN says of itself. A result still as it was before the call counts as never written.
    private static (string Words, string Kind)? Origin(KernelBuffer buffer, float actual)
    {
        if (Poison.Of(actual) is not { } poison) return null;
        CallBuffer? own = buffer switch
        {
            KernelBuffer.Output => CallBuffer.Output,
            KernelBuffer.Snapshot => CallBuffer.Snapshots,
            _ => null,
        };
        return own is { } result && poison == Poison.Unwritten(result)
            ? ("never written", "never written")
            : ($"holds {poison}", poison.Kind);
    }

    private KernelFinding New(
        KernelProperty property, string where, double expected = double.NaN, double actual = double.NaN) =>
        new(_engine.Name, Data.Case, property, where, expected, actual, Error: 0, Allowed: 0);
}

/// <summary>One run of a kernel on a case.</summary>
/// <param name="Results">What it gave; null where it did not return.</param>
/// <param name="Findings">What is wrong with this run, whatever others give.</param>
/// <param name="Use">How much of the tolerances was used up.</param>
/// <param name="Bits">A hash of all results: runs with different ones differ.</param>
internal sealed record TrialRun(KernelRun? Results, IReadOnlyList<KernelFinding> Findings, ToleranceUse Use, int Bits)
{
    /// <summary>Whether something is wrong.</summary>
    public bool Fails => Findings.Count > 0;

    /// <summary>What is compared between runs.</summary>
    public RunOutcome Outcome => new(Fails, Bits);
}

/// <summary>What is left of a run when its results are gone.</summary>
/// <param name="Fails">Whether something was wrong.</param>
/// <param name="Bits">A hash of all results.</param>
internal readonly record struct RunOutcome(bool Fails, int Bits);
