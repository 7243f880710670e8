using Gdn.Harness.Kernels.Bounds;
using Gdn.Harness.Kernels.Calls;
using Gdn.Harness.Kernels.Cases;
using Gdn.Reference;
using Gdn.Reference.Engines;
using Gdn.Reference.Kernels;

namespace Gdn.Harness.Kernels.Checks;

/// <summary>
/// Every check of one kernel on one case. Not verified: speed, and inputs outside <c>|k| = 1, g &lt;= 0, 0 &lt;= beta &lt;= 1</c>
/// once they are no longer raw.
/// </summary>
public sealed class KernelCheck
{
    private static readonly KernelBuffer[] Buffers = Enum.GetValues<KernelBuffer>();
    private readonly IKernelEngine _engine;
    private readonly KernelData _data;
    private readonly List<KernelFinding> _findings = [];

    private KernelCheck(IKernelEngine engine, KernelCase @case)
    {
        _engine = engine;
        _data = KernelData.Generate(@case);
    }

    private KernelShape Shape => _data.Case.Shape;

    /// <summary>Runs the kernel up to four times: twice on the case as it is, twice with half of its sequences changed.</summary>
    /// <exception cref="InputException">The engine does not take calls of the case's form.</exception>
    public static KernelResult Run(IKernelEngine engine, KernelCase @case)
    {
        KernelForms undeclared = @case.Shape.Forms & ~engine.Forms;
        if (undeclared != KernelForms.None)
            throw new InputException(
                $"kernel engine '{engine.Name}'", $"it does not declare what the case {@case} needs: {undeclared}",
                "run the case on an engine that does");

        var check = new KernelCheck(engine, @case);
        ToleranceUse use = default;
        try
        {
            KernelRun run = KernelRun.Execute(engine, check._data);
            check.CheckWrites(run);
            use = check.CheckValues(run);
            check.CheckDeterminism(run);
            check.CheckNonInterference(run);
        }
        catch (StrayWriteException e)
        {
            check.Add(KernelProperty.StrayWrites, e.Where);
        }
        catch (EngineDiedException e)
        {
            check.Add(e.Death == EngineDeath.Crash ? KernelProperty.Crash : KernelProperty.Hang, e.Message);
        }
        catch (InputException e)
        {
            check.Add(KernelProperty.Refused, e.Problem);
        }
        catch (NotSupportedException e)
        {
            check.Add(KernelProperty.Refused, e.Message.ReplaceLineEndings(" "));
        }
        catch (Exception e) when (e is not (EnvironmentException or OperationCanceledException))
        {
            check.Add(KernelProperty.Returns, EngineFailure.Describe(e));
        }

        return new KernelResult(check._findings, use);
    }

    private void CheckWrites(KernelRun run)
    {
        if (run.FirstStrayWrite() is { } where) Add(KernelProperty.StrayWrites, where);

        int length = Shape.Rule.StateLength;
        foreach (int row in Enumerable.Range(0, Shape.PoolRows).Except(_data.Rows))
        {
            ReadOnlySpan<float> before = _data.Pool.AsSpan(row * length, length), after = run.Pool.Slice(row * length, length);
            int at = GuardedBuffer.FirstDifference(before, after);
            if (at < 0) continue;
            Add(KernelProperty.ForeignRows, $"pool[row {row} of no sequence, element {at}]", before[at], after[at]);
            return;
        }
    }

    private ToleranceUse CheckValues(KernelRun run)
    {
        KernelExpectation expectation = KernelExpectation.Compute(_data, _engine.Precision);
        var baseline = new KernelBaseline(_data, _engine.Precision);
        ToleranceUse use = default;
        bool isFinite = true;
        foreach (KernelBuffer buffer in Buffers)
        {
            Expected expected = expectation[buffer];
            ReadOnlySpan<float> actual = run[buffer];
            int bad = FirstNonFinite(actual);
            if (bad >= 0)
            {
                AddElement(KernelProperty.Finite, buffer, bad, expected.Values[bad], actual[bad]);
                isFinite = false;
                continue;
            }

            (Excess bound, Excess relative) = KernelTolerance.Worst(expected, actual, baseline.Errors(buffer, expected));
            if (bound.Ratio > 1) AddExcess(KernelProperty.ErrorBound, buffer, bound, expected, actual);
            if (relative.Ratio > 1) AddExcess(KernelProperty.Baseline, buffer, relative, expected, actual);
            use = use.Max(buffer == KernelBuffer.Output
                ? new ToleranceUse(bound.Ratio, 0, relative.Ratio)
                : new ToleranceUse(0, bound.Ratio, relative.Ratio));
        }

        if (isFinite && new StorageCheck(Shape, _engine.Precision).FirstViolation(run, expectation, baseline) is { } violation)
            Add(KernelProperty.Storage, violation);
        return use;
    }

    private void CheckDeterminism(KernelRun run)
    {
        KernelRun again = KernelRun.Execute(_engine, _data);
        foreach (KernelBuffer buffer in Buffers)
        {
            int at = GuardedBuffer.FirstDifference(run[buffer], again[buffer]);
            if (at >= 0) AddElement(KernelProperty.Determinism, buffer, at, run[buffer][at], again[buffer][at]);
        }
    }

    // Changes a random half of the sequences and watches the other half, then the other way round.
    private void CheckNonInterference(KernelRun run)
    {
        int[] order = [.. Enumerable.Range(0, Shape.Sequences)];
        new SeededRandom(_data.Case.Seed).Shuffle(order.AsSpan());
        int half = order.Length / 2;
        if (half == 0) return;
        if (!IsDisturbed(run, order.AsSpan(..half))) IsDisturbed(run, order.AsSpan(half..));
    }

    private bool IsDisturbed(KernelRun run, ReadOnlySpan<int> changed)
    {
        KernelRun other = KernelRun.Execute(_engine, KernelData.GenerateChanged(_data.Case, changed));
        bool disturbed = false;
        foreach (KernelBuffer buffer in Buffers)
        {
            ReadOnlySpan<float> first = run[buffer], second = other[buffer];
            for (int i = 0; i < first.Length; i++)
            {
                if (BitConverter.SingleToInt32Bits(first[i]) == BitConverter.SingleToInt32Bits(second[i])) continue;
                if (changed.Contains(KernelLocation.Of(buffer, Shape, i).Sequence)) continue;
                AddElement(KernelProperty.NonInterference, buffer, i, first[i], second[i]);
                disturbed = true;
                break;
            }
        }

        return disturbed;
    }

    private static int FirstNonFinite(ReadOnlySpan<float> values)
    {
        for (int i = 0; i < values.Length; i++)
            if (!float.IsFinite(values[i])) return i;
        return -1;
    }

    private void AddExcess(
        KernelProperty property, KernelBuffer buffer, Excess excess, Expected expected, ReadOnlySpan<float> actual) =>
        Add(
            property, KernelLocation.Of(buffer, Shape, excess.Worst).ToString(), expected.Values[excess.Worst],
            actual[excess.Worst], excess.Error, excess.Allowed);

    private void AddElement(KernelProperty property, KernelBuffer buffer, int index, double expected, float actual)
    {
        string where = KernelLocation.Of(buffer, Shape, index).ToString();
        _findings.Add(new KernelFinding(_engine.Name, _data.Case, property, where, expected, actual, Error: 0, Allowed: 0)
        {
            Holds = Origin(buffer, actual),
        });
    }

    // What a NaN says of itself. A result still as it was before the call counts as never written.
    private static string? Origin(KernelBuffer buffer, float actual)
    {
        if (Poison.Of(actual) is not { } poison) return null;
        CallBuffer? own = buffer switch
        {
            KernelBuffer.Output => CallBuffer.Output,
            KernelBuffer.Snapshot => CallBuffer.Snapshots,
            _ => null,
        };
        return own is { } result && poison == Poison.Unwritten(result) ? "never written" : $"holds {poison}";
    }

    private void Add(
        KernelProperty property, string where, double expected = double.NaN, double actual = double.NaN, double error = 0,
        double allowed = 0) =>
        _findings.Add(new KernelFinding(_engine.Name, _data.Case, property, where, expected, actual, error, allowed));
}
