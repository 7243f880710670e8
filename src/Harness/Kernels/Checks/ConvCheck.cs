using Gdn.Harness.Kernels.Bounds;
using Gdn.Harness.Kernels.Calls;
using Gdn.Harness.Kernels.Cases;
using Gdn.Reference.Kernels;

namespace Gdn.Harness.Kernels.Checks;

/// <summary>Every check of one convolution on one case. Not verified: speed, and sequences of unequal length in one call.</summary>
internal sealed class ConvCheck
{
    private static readonly KernelBuffer[] Buffers = Enum.GetValues<KernelBuffer>();
    private readonly IConvEngine _engine;
    private readonly ConvData _data;
    private readonly List<ConvFinding> _findings = [];

    private ConvCheck(IConvEngine engine, ConvCase @case) => (_engine, _data) = (engine, ConvData.Generate(@case));

    private ConvCallShape Shape => _data.Case.Shape;

    /// <summary>Runs the op up to four times: twice on the case as it is, twice with half of its sequences changed.</summary>
    /// <returns>What is violated, and the largest share of the allowed error.</returns>
    public static (IReadOnlyList<ConvFinding> Findings, double Use) Run(IConvEngine engine, ConvCase @case)
    {
        var check = new ConvCheck(engine, @case);
        double use = 0;
        try
        {
            ConvRun run = ConvRun.Execute(engine, check._data);
            check.CheckWrites(run);
            use = check.CheckValues(run);
            check.CheckDeterminism(run);
            check.CheckNonInterference(run);
        }
        catch (Exception e) when (CallFailure.Of(e) is { } failure)
        {
            check._findings.Add(new ConvFinding(@case, failure.Property, failure.Where));
        }

        return (check._findings, use);
    }

    private void CheckWrites(ConvRun run)
    {
        if (run.FirstStrayWrite() is { } where) _findings.Add(new ConvFinding(_data.Case, KernelProperty.StrayWrites, where));
        int length = Shape.WindowLength;
        if (GuardedBuffers.FirstForeignWrite(_data.Pool, run.Pool, _data.Rows, length) is not { Row: var row, Element: var at }) return;
        int index = row * length + at;
        _findings.Add(new ConvFinding(
            _data.Case, KernelProperty.ForeignRows, $"pool[row {row} of no sequence, element {at}]", _data.Pool[index], run.Pool[index]));
    }

    private double CheckValues(ConvRun run)
    {
        var expectation = new ConvExpectation(_data, _engine.Precision);
        (double worst, int worstAt) = (0, -1);
        ReadOnlySpan<float> output = run[KernelBuffer.Output];
        for (int i = 0; i < output.Length; i++)
        {
            if (!float.IsFinite(output[i]))
            {
                Add(KernelProperty.Finite, KernelBuffer.Output, i, expectation.Output[i], output[i]);
                return CheckWindows(run, expectation, use: 0);
            }

            double share = Math.Abs(output[i] - expectation.Output[i]) / expectation.Bounds[i];
            if (share > worst) (worst, worstAt) = (share, i);
        }

        if (worst > 1)
            Add(
                KernelProperty.ErrorBound, KernelBuffer.Output, worstAt, expectation.Output[worstAt], output[worstAt],
                expectation.Bounds[worstAt]);
        return CheckWindows(run, expectation, worst);
    }

    private double CheckWindows(ConvRun run, ConvExpectation expectation, double use)
    {
        CompareBits(KernelProperty.Window, KernelBuffer.State, 0, expectation.Windows(0), run[KernelBuffer.State]);
        ReadOnlySpan<float> snapshots = run[KernelBuffer.Snapshot];
        int length = Shape.Sequences * Shape.WindowLength;
        for (int plane = 0; plane < Shape.FilledPlanes; plane++)
            if (CompareBits(
                KernelProperty.Window, KernelBuffer.Snapshot, plane * length, expectation.Windows(plane),
                snapshots.Slice(plane * length, length)))
                break;
        return use;
    }

    private void CheckDeterminism(ConvRun run)
    {
        ConvRun again = ConvRun.Execute(_engine, _data);
        foreach (KernelBuffer buffer in Buffers) CompareBits(KernelProperty.Determinism, buffer, 0, run[buffer], again[buffer]);
    }

    // Changes a random half of the sequences and watches the other half, then the other way round.
    private void CheckNonInterference(ConvRun run)
    {
        (int[] half, int[] rest) = SequenceHalves.Of(Shape.Sequences, _data.Case.Seed);
        if (half.Length == 0) return;
        if (!IsDisturbed(run, half)) IsDisturbed(run, rest);
    }

    private bool IsDisturbed(ConvRun run, ReadOnlySpan<int> changed)
    {
        ConvRun other = ConvRun.Execute(_engine, ConvData.Generate(_data.Case, changed));
        bool disturbed = false;
        foreach (KernelBuffer buffer in Buffers)
        {
            ReadOnlySpan<float> first = run[buffer], second = other[buffer];
            for (int i = 0; i < first.Length; i++)
            {
                if (BitConverter.SingleToInt32Bits(first[i]) == BitConverter.SingleToInt32Bits(second[i])) continue;
                if (changed.Contains(SequenceOf(buffer, i))) continue;
                Add(KernelProperty.NonInterference, buffer, i, first[i], second[i]);
                disturbed = true;
                break;
            }
        }

        return disturbed;
    }

    private bool CompareBits(
        KernelProperty property, KernelBuffer buffer, int start, ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
    {
        int at = GuardedBuffer.FirstDifference(expected, actual);
        if (at >= 0) Add(property, buffer, start + at, expected[at], actual[at]);
        return at >= 0;
    }

    private int SequenceOf(KernelBuffer buffer, int index) => buffer == KernelBuffer.Output
        ? index / (Shape.Tokens * Shape.Channels)
        : index / Shape.WindowLength % Shape.Sequences;

    private void Add(KernelProperty property, KernelBuffer buffer, int index, double expected, float actual, double allowed = 0)
    {
        int sequence = SequenceOf(buffer, index), history = Shape.Width - 1;
        string where = buffer switch
        {
            KernelBuffer.Output => $"o[seq {sequence}, t {index / Shape.Channels % Shape.Tokens}, c {index % Shape.Channels}]",
            KernelBuffer.State => $"window[seq {sequence}, c {index / history % Shape.Channels}, i {index % history}]",
            _ => $"snapshot[plane {index / Shape.WindowLength / Shape.Sequences}, seq {sequence}, "
                + $"c {index / history % Shape.Channels}, i {index % history}]",
        };
        _findings.Add(new ConvFinding(_data.Case, property, where, expected, actual, allowed)
        {
            Holds = Poison.Of(actual) is { } poison ? $"holds {poison}" : null,
        });
    }
}
