using System.Runtime.CompilerServices;
using Gdn.Optimized.Cuda.Kernels.Tiles;
using ILGPU;
using ILGPU.Util;

namespace Gdn.Optimized.Cuda.Kernels;

/// <summary>
/// Four tokens of the gated delta rule at once. All of them read S as it was before the first; what the earlier ones of the four
/// write is made up for by forward substitution, with the products of their keys:
/// <code>
/// delta[j] = beta[j] (v[j] - a[j] S^T k[j] - sum over i &lt; j of (a[j] / a[i]) (k[i] . k[j]) delta[i])
/// o[j] = a[j] S^T q[j] + sum over i &lt;= j of (a[j] / a[i]) (k[i] . q[j]) delta[i]
/// S = a[3] S + sum of (a[3] / a[i]) k[i] delta[i]^T,   where a[j] is the product of the decays up to j
/// </code>
/// So lanes wait for each other once in four tokens, and S is multiplied with a decay once.
/// </summary>
public static class DeltaBlock
{
    /// <summary>Tokens of a block.</summary>
    public const int Tokens = 4;

    /// <summary>
    /// Where a scan that begins at a token has to end: with the token's block, or with a token whose state is kept.
    /// </summary>
    /// <param name="t">The token, from the beginning of a chunk on.</param>
    /// <param name="end">Where the sequence ends, likewise.</param>
    /// <param name="planes">How many tokens at the end have states that are kept.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int EndOf(int t, int end, int planes) =>
        IntrinsicMath.Min(end, IntrinsicMath.Max(t + 1, IntrinsicMath.Min(t / Tokens * Tokens + Tokens, end + 1 - planes)));

    /// <summary>
    /// For each block of a chunk a matrix <c>[4, 4]</c>: in row j and column i up to j the product of query j with key i, above
    /// it in row i and column j that of keys i and j, each multiplied with the decays after i up to j. A block is taken by
    /// threads that have a quad of each key; threads of a warp.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Multiply(ScanSizes sizes, StagedTokens staged, int chunk)
    {
        int threads = sizes.KeyDim / 4, block = Group.IdxX / threads, lane = Group.IdxX - block * threads;
        // Whole warps leave, or none of their threads.
        if (block * Tokens >= chunk) return;
        int first = block * Tokens * sizes.KeyDim + 4 * lane;
        ArrayView<float> keys = staged.Keys.SubView(first), queries = staged.Queries.SubView(first);
        Quad k0 = default(Quad).Load(keys, 0, 4), k1 = default(Quad).Load(keys, sizes.KeyDim, 4);
        Quad k2 = default(Quad).Load(keys, 2 * sizes.KeyDim, 4), k3 = default(Quad).Load(keys, 3 * sizes.KeyDim, 4);
        Quad q0 = default(Quad).Load(queries, 0, 4), q1 = default(Quad).Load(queries, sizes.KeyDim, 4);
        Quad q2 = default(Quad).Load(queries, 2 * sizes.KeyDim, 4), q3 = default(Quad).Load(queries, 3 * sizes.KeyDim, 4);
        var row0 = Quad.Of(q0.Dot(k0), k0.Dot(k1), k0.Dot(k2), k0.Dot(k3));
        var row1 = Quad.Of(q1.Dot(k0), q1.Dot(k1), k1.Dot(k2), k1.Dot(k3));
        var row2 = Quad.Of(q2.Dot(k0), q2.Dot(k1), q2.Dot(k2), k2.Dot(k3));
        var row3 = Quad.Of(q3.Dot(k0), q3.Dot(k1), q3.Dot(k2), q3.Dot(k3));

        // Added up over the lanes, of which each is left with one of the sixteen.
        int cell = lane % (Tokens * Tokens);
        Quad upper = Half(row0, row2, cell & 8, 8), lower = Half(row1, row3, cell & 8, 8), row = Half(upper, lower, cell & 4, 4);
        float even = Half(row.A, row.C, cell & 2, 2), odd = Half(row.B, row.D, cell & 2, 2);
        float product = Half(even, odd, cell & 1, 1);
        if (threads > Tokens * Tokens) product += Warp.ShuffleXor(product, Tokens * Tokens);

        int low = IntrinsicMath.Min(cell / Tokens, cell % Tokens), high = IntrinsicMath.Max(cell / Tokens, cell % Tokens);
        Quad decays = default(Quad).Load(staged.Decays.SubView(block * Tokens), 0, 4);
        product *= Utilities.Select((low < 1) & (high >= 1), decays.B, 1)
            * Utilities.Select((low < 2) & (high >= 2), decays.C, 1) * Utilities.Select((low < 3) & (high >= 3), decays.D, 1);
        if (lane == cell) staged.Products[block * Tokens * Tokens + cell] = product;
    }

    /// <summary>Some tokens of a block: what S becomes. Their outputs, less the scale, take the place of their values.</summary>
    /// <param name="sizes">The sizes.</param>
    /// <param name="staged">The chunk.</param>
    /// <param name="place">The thread's place.</param>
    /// <param name="state">S before the tokens.</param>
    /// <param name="from">The first token.</param>
    /// <param name="end">The token after the last.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TTile Scan<TTile, TColumns, TKeys>(
        ScanSizes sizes, StagedTokens staged, TilePlace place, TTile state, int from, int end)
        where TTile : struct, ITile<TTile, TColumns, TKeys>
        where TColumns : struct, IColumns<TColumns>
        where TKeys : struct, IKeys<TKeys>
    {
        int t = from / Tokens * Tokens, step = place.RowStep, width = staged.Width;
        ArrayView<float> keys = staged.Keys.SubView(t * sizes.KeyDim + place.FirstRow);
        ArrayView<float> queries = staged.Queries.SubView(t * sizes.KeyDim + place.FirstRow);
        ArrayView<float> values = staged.Values.SubView(t * width + staged.Column);
        ArrayView<float> products = staged.Products.SubView(t * Tokens);
        Quad decays = default(Quad).Load(staged.Decays.SubView(t), 0, 4);
        Quad strengths = default(Quad).Load(staged.Strengths.SubView(t), 0, 4);
        Quad x0 = default(Quad).Load(products, 0, 4), x1 = default(Quad).Load(products, 4, 4);
        Quad x2 = default(Quad).Load(products, 8, 4);
        TKeys k0 = default(TKeys).Load(keys, 0, step), k1 = default(TKeys).Load(keys, sizes.KeyDim, step);
        TKeys k2 = default(TKeys).Load(keys, 2 * sizes.KeyDim, step), k3 = default(TKeys).Load(keys, 3 * sizes.KeyDim, step);
        TColumns v0 = default(TColumns).Load(values, 0), v1 = default(TColumns).Load(values, width);
        TColumns v2 = default(TColumns).Load(values, 2 * width), v3 = default(TColumns).Load(values, 3 * width);

        // Tokens of the block that are not asked for neither decay nor write.
        bool has0 = t >= from, has1 = (t + 1 >= from) & (t + 1 < end), has2 = (t + 2 >= from) & (t + 2 < end), has3 = t + 3 < end;
        float g0 = Utilities.Select(has0, decays.A, 1), g1 = Utilities.Select(has1, decays.B, 1);
        float g2 = Utilities.Select(has2, decays.C, 1), g3 = Utilities.Select(has3, decays.D, 1);
        float b0 = Utilities.Select(has0, strengths.A, 0), b1 = Utilities.Select(has1, strengths.B, 0);
        float b2 = Utilities.Select(has2, strengths.C, 0), b3 = Utilities.Select(has3, strengths.D, 0);
        float a1 = g0 * g1, a2 = a1 * g2, a3 = a2 * g3, left1 = g3 * g2, left0 = left1 * g1;

        TColumns r0 = Sum(state.Read(k0), place), r1 = Sum(state.Read(k1), place);
        TColumns r2 = Sum(state.Read(k2), place), r3 = Sum(state.Read(k3), place);
        TColumns o0 = state.Read(default(TKeys).Load(queries, 0, step));
        TColumns o1 = state.Read(default(TKeys).Load(queries, sizes.KeyDim, step));
        TColumns o2 = state.Read(default(TKeys).Load(queries, 2 * sizes.KeyDim, step));
        TColumns o3 = state.Read(default(TKeys).Load(queries, 3 * sizes.KeyDim, step));

        TColumns d0 = v0.Plus(r0, -g0).Scaled(b0);
        TColumns d1 = v1.Plus(r1, -a1).Plus(d0, -x0.B).Scaled(b1);
        TColumns d2 = v2.Plus(r2, -a2).Plus(d0, -x0.C).Plus(d1, -x1.C).Scaled(b2);
        TColumns d3 = v3.Plus(r3, -a3).Plus(d0, -x0.D).Plus(d1, -x1.D).Plus(d2, -x2.D).Scaled(b3);

        // Of what is read out a lane takes one token's.
        int j = place.Lane % Tokens, near = place.Distance, far = 2 * place.Distance;
        TColumns output = Half(Half(o0, o2, j & 2, far), Half(o1, o3, j & 2, far), j & 1, near);
        if (place.Lanes > Tokens) output = output.Plus(output.OfLane(2 * far), 1);
        Quad x = default(Quad).Load(products, j * Tokens, 4);
        float a = Utilities.Select(j < 2, Utilities.Select(j == 0, g0, a1), Utilities.Select(j == 2, a2, a3));
        output = output.Scaled(a).Plus(d0, x.A).Plus(d1, Utilities.Select(j > 0, x.B, 0))
            .Plus(d2, Utilities.Select(j > 1, x.C, 0)).Plus(d3, Utilities.Select(j > 2, x.D, 0));
        if ((place.Lane == j) & (t + j >= from) & (t + j < end)) output.Store(values, j * width);
        return state.Scaled(a3).Plus(k0, d0.Scaled(left0)).Plus(k1, d1.Scaled(left1)).Plus(k2, d2.Scaled(g3)).Plus(k3, d3);
    }

    // Over the lanes that share columns.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TColumns Sum<TColumns>(TColumns columns, TilePlace place)
        where TColumns : struct, IColumns<TColumns>
    {
        if (place.Lanes > 1) columns = columns.Plus(columns.OfLane(place.Distance), 1);
        if (place.Lanes > 2) columns = columns.Plus(columns.OfLane(2 * place.Distance), 1);
        if (place.Lanes > 4) columns = columns.Plus(columns.OfLane(4 * place.Distance), 1);
        return columns;
    }

    // Of two sums a lane takes the second where the bit is set, its neighbour the first; each sends its part of the other's.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Half(float first, float second, int bit, int distance) =>
        Utilities.Select(bit == 0, first, second) + Warp.ShuffleXor(Utilities.Select(bit == 0, second, first), distance);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TColumns Half<TColumns>(TColumns first, TColumns second, int bit, int distance)
        where TColumns : struct, IColumns<TColumns>
    {
        bool takesSecond = bit != 0;
        return first.Or(second, takesSecond).Plus(second.Or(first, takesSecond).OfLane(distance), 1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Quad Half(Quad first, Quad second, int bit, int distance) => Quad.Of(
        Half(first.A, second.A, bit, distance), Half(first.B, second.B, bit, distance), Half(first.C, second.C, bit, distance),
        Half(first.D, second.D, bit, distance));
}
