using Gdn.Reference.Kernels;

namespace Gdn.Harness.Kernels.Cases;

/// <summary>Makes a failing case smaller.</summary>
public static class KernelShrinker
{
    /// <summary>
    /// Repeats the first reduction that still fails until none does: fewer sequences, tokens, heads, planes and free
    /// rows, smaller dimensions, and the usual form in place of a ragged or raw one. Regime and seed stay.
    /// </summary>
    /// <param name="engine">Only shapes that it supports are tried.</param>
    /// <param name="case">A failing case.</param>
    /// <param name="fails">Whether a case still fails.</param>
    /// <param name="maxAttempts">Cases to try at most.</param>
    public static KernelCase Shrink(
        IKernelEngine engine, KernelCase @case, Func<KernelCase, bool> fails, int maxAttempts = 200)
    {
        int attempts = 0;
        while (true)
        {
            KernelCase? smaller = Candidates(@case.Shape)
                .Where(shape => engine.Supports(shape))
                .Select(shape => @case with { Shape = shape })
                .FirstOrDefault(candidate => attempts++ < maxAttempts && fails(candidate));
            if (smaller is null) return @case;
            @case = smaller;
        }
    }

    private static IEnumerable<KernelShape> Candidates(KernelShape shape)
    {
        var rule = shape.Rule;
        foreach (KernelForms raw in Fewer(shape.RawInputs))
            yield return shape with { RawInputs = raw };
        if (!shape.Lengths.IsEmpty)
        {
            yield return shape.WithLengths([]);
            foreach (int[] lengths in Smaller(shape.Lengths.Values.ToArray(), shape.Forms.HasFlag(KernelForms.EmptySequences) ? 0 : 1))
                yield return shape.WithLengths(lengths);
        }
        else
        {
            foreach (int n in Reductions.Of(shape.Sequences, 1))
                yield return shape with { Sequences = n };
            foreach (int tokens in Reductions.Of(rule.Tokens, 1))
                yield return shape with { Rule = rule with { Tokens = tokens } };
        }

        foreach (int heads in Reductions.Of(rule.KeyHeads, 1))
            yield return shape with { Rule = rule with { KeyHeads = heads, ValueHeads = rule.ValueHeads / rule.KeyHeads * heads } };
        foreach (int group in Reductions.Of(rule.ValueHeads / rule.KeyHeads, 1))
            yield return shape with { Rule = rule with { ValueHeads = rule.KeyHeads * group } };
        foreach (int dim in Reductions.Of(Math.Max(rule.KeyDim, rule.ValueDim), 1))
            yield return shape with
            {
                Rule = rule with { KeyDim = Math.Min(rule.KeyDim, dim), ValueDim = Math.Min(rule.ValueDim, dim) },
            };
        foreach (int dim in Reductions.Of(rule.KeyDim, 1))
            yield return shape with { Rule = rule with { KeyDim = dim } };
        foreach (int dim in Reductions.Of(rule.ValueDim, 1))
            yield return shape with { Rule = rule with { ValueDim = dim } };
        foreach (int planes in Reductions.Of(shape.Planes, 0))
            yield return shape with { Planes = planes };
        foreach (int rows in Reductions.Of(shape.PoolRows, shape.Sequences))
            yield return shape with { PoolRows = rows };
        // With as many key heads as value heads, every map is the same.
        if (rule.KeyHeads == rule.ValueHeads && shape.HeadMap != default)
            yield return shape with { HeadMap = default };
        if (rule.PerChannelGate)
            yield return shape with { Rule = rule with { PerChannelGate = false } };
    }

    // None, then each alone.
    private static IEnumerable<KernelForms> Fewer(KernelForms raw)
    {
        if (raw == KernelForms.None) yield break;
        yield return KernelForms.None;
        if (raw == KernelForms.RawGates || raw == KernelForms.RawKeys) yield break;
        yield return KernelForms.RawGates;
        yield return KernelForms.RawKeys;
    }

    // Half of the sequences, all but one, one of them shorter.
    private static IEnumerable<int[]> Smaller(int[] lengths, int least)
    {
        int half = lengths.Length / 2;
        IEnumerable<int[]> fewer = half == 0
            ? []
            : [lengths[..half], lengths[half..], .. lengths.Select((_, n) => (int[])[.. lengths[..n], .. lengths[(n + 1)..]])];
        IEnumerable<int[]> shorter = lengths.SelectMany((length, n) =>
            Reductions.Of(length, least).Select(l => (int[])[.. lengths[..n], l, .. lengths[(n + 1)..]]));
        return fewer.Concat(shorter).Where(smaller => smaller.Max() > 0);
    }
}
