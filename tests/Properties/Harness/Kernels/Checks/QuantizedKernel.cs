using Gdn.Reference.Kernels;
using Gdn.Reference.Operators;

namespace Gdn.Properties.Harness.Kernels.Checks;

/// <summary>The reference with states that are rounded block by block, in one of the ways of real engines or a wrong one.</summary>
internal sealed class QuantizedKernel(
    string name, KernelPrecision precision, QuantizedKernel.BlockRounding round, StateRounding actual = StateRounding.PerToken)
    : TokenwiseEngine(name)
{
    private float[] _before = [];

    /// <summary>Rounds a block in place.</summary>
    /// <param name="block">Its elements.</param>
    /// <param name="before">The same before the token.</param>
    /// <param name="next">The next block of the row, or this one where there is none.</param>
    public delegate void BlockRounding(Span<float> block, ReadOnlySpan<float> before, ReadOnlySpan<float> next);

    /// <summary>Where the first block of a row begins; 0 unless something is wrong.</summary>
    public int Offset { get; init; }

    /// <summary>Whether incoming states are rounded first.</summary>
    public bool RoundsOnEntry { get; init; }

    public override KernelPrecision Precision => precision;

    // Written to be read, not to be fast.
    public override bool Supports(in KernelShape shape) => shape.Work <= 60_000;

    protected override void LoadState(in KernelCall call, int sequence, float[] state)
    {
        base.LoadState(call, sequence, state);
        _before = [.. state];
        if (RoundsOnEntry) Round(state, call.Shape.Rule);
    }

    protected override void Step(Token token)
    {
        _before = [.. token.State];
        base.Step(token);
        if (actual != StateRounding.PerCall || token.Index == token.Tokens - 1) Round(token.State, token.Rule);
    }

    private void Round(float[] state, DeltaRuleShape rule)
    {
        bool alongKeys = precision.Quantization is { AlongKeys: true };
        int row = alongKeys ? rule.KeyDim : rule.ValueDim, rows = rule.ValueHeads * rule.HeadStateLength / row;
        int length = precision.Quantization?.BlockLength(rule) ?? row;
        for (int r = 0; r < rows; r++)
        {
            int[] places = [.. Enumerable.Range(0, row).Select(i => alongKeys
                ? r / rule.ValueDim * rule.HeadStateLength + i * rule.ValueDim + r % rule.ValueDim
                : r * row + i)];
            float[] now = [.. places.Select(place => state[place])], before = [.. places.Select(place => _before[place])];
            float[] unrounded = [.. now];
            for (int start = Math.Min(Offset, row - 1); start < row; start += length)
            {
                int count = Math.Min(length, row - start), next = start + count < row ? start + count : start;
                round(now.AsSpan(start, count), before.AsSpan(start, count), unrounded.AsSpan(next, Math.Min(count, row - next)));
            }

            for (int i = 0; i < row; i++) state[places[i]] = now[i];
        }
    }

    /// <summary>The usual way.</summary>
    /// <param name="levels">L.</param>
    /// <param name="half">Scale in half precision.</param>
    /// <param name="away">Ties away from zero, not to even.</param>
    public static BlockRounding Symmetric(int levels, bool half = false, bool away = false) => (block, _, _) =>
        Round(block, Largest(block) / levels, levels, half, away);

    /// <summary>ggml's Q4_0: the element of largest magnitude becomes -8 steps.</summary>
    public static void Signed4(Span<float> block, ReadOnlySpan<float> before, ReadOnlySpan<float> next)
    {
        float extreme = 0;
        foreach (float x in block) if (MathF.Abs(x) > MathF.Abs(extreme)) extreme = x;
        float scale = extreme / -8;
        foreach (ref float x in block) x = scale == 0 ? 0 : (float)(Half)scale * (Math.Min(15, (int)(x / scale + 8.5f)) - 8);
    }

    /// <summary>Rounds to whole steps, at most L of them.</summary>
    public static void Round(Span<float> block, float scale, int levels, bool half = false, bool away = false)
    {
        float kept = half ? (float)(Half)scale : scale;
        MidpointRounding ties = away ? MidpointRounding.AwayFromZero : MidpointRounding.ToEven;
        foreach (ref float x in block)
            x = scale == 0 ? 0 : kept * Math.Clamp(MathF.Round(x / scale, ties), -levels, levels);
    }

    /// <summary>The largest magnitude.</summary>
    public static float Largest(ReadOnlySpan<float> block)
    {
        float largest = 0;
        foreach (float x in block) largest = MathF.Max(largest, MathF.Abs(x));
        return largest;
    }
}
