using Gdn.Harness.Kernels.Calls;
using Gdn.Reference.Kernels;
using static System.FormattableString;

namespace Gdn.Harness.Kernels.Checks;

/// <summary>All elements of a result that are wrong.</summary>
/// <param name="First">The first of them in order of time.</param>
/// <param name="Elements">How many they are.</param>
/// <param name="Size">Elements of the result.</param>
/// <param name="Axes">What is wrong along each axis, those of one index left out.</param>
internal sealed record KernelExtent(KernelLocation First, int Elements, int Size, IReadOnlyList<AxisExtent> Axes)
{
    private static readonly string[] Names = ["sequence", "token", "head", "key row", "value column"];

    /// <summary>Gathers elements.</summary>
    /// <param name="buffer">The result.</param>
    /// <param name="shape">Sizes of the call.</param>
    /// <param name="size">Elements of the result.</param>
    /// <param name="wrong">Indices of those that are wrong, ascending, at least one.</param>
    /// <returns>The extent, and the index of its first element in order of time.</returns>
    public static (KernelExtent Extent, int First) Of(KernelBuffer buffer, in KernelShape shape, int size, IReadOnlyList<int> wrong)
    {
        int[] sizes =
        [
            shape.Sequences,
            buffer switch
            {
                KernelBuffer.Output => shape.Rule.Tokens,
                KernelBuffer.Snapshot => shape.FilledPlanes,
                _ => 1,
            },
            shape.Rule.ValueHeads, buffer == KernelBuffer.Output ? 1 : shape.Rule.KeyDim, shape.Rule.ValueDim,
        ];
        bool[][] hit = [.. sizes.Select(count => new bool[count])];
        int first = wrong[0];
        KernelLocation earliest = KernelLocation.Of(buffer, shape, first);
        foreach (int index in wrong)
        {
            KernelLocation at = KernelLocation.Of(buffer, shape, index);
            if (IsEarlier(at, earliest)) (first, earliest) = (index, at);
            hit[0][at.Sequence] = hit[1][at.Position] = hit[2][at.Head] = hit[3][at.Key] = hit[4][at.Value] = true;
        }

        AxisExtent[] axes =
        [
            .. Enumerable.Range(0, sizes.Length).Where(axis => sizes[axis] > 1).Select(axis => new AxisExtent(
                axis == 1 && buffer == KernelBuffer.Snapshot ? "plane" : Names[axis], sizes[axis],
                [.. Enumerable.Range(0, sizes[axis]).Where(i => hit[axis][i])])),
        ];
        return (new KernelExtent(earliest, wrong.Count, size, axes), first);
    }

    /// <summary>For example <c>tokens 256..299 of 300, all 4 heads (5632 of 153600 elements)</c>.</summary>
    public override string ToString() => Elements == Size
        ? "every element"
        : string.Join(", ", Axes) + Invariant($" ({Elements} of {Size} elements)");

    // Planes of snapshots are the newest first.
    private static bool IsEarlier(in KernelLocation a, in KernelLocation b)
    {
        int byTime = a.Buffer == KernelBuffer.Snapshot ? b.Position.CompareTo(a.Position) : a.Position.CompareTo(b.Position);
        return byTime < 0 || (byTime == 0 && (a.Sequence, a.Head).CompareTo((b.Sequence, b.Head)) < 0);
    }
}
