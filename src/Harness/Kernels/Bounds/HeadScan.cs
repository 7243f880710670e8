using System.Numerics;
using System.Runtime.InteropServices;

namespace Gdn.Harness.Kernels.Bounds;

/// <summary>
/// The gated delta rule of one value head, token by token, on vectors: the oracle at the sizes of real models. It computes the
/// same bits as the scalar <see cref="Gdn.Reference.Operators.DeltaRule"/>, since columns of a state do not touch each other and
/// every sum runs in the same order; tests hold it to that.
/// </summary>
/// <typeparam name="T">Float or double. In double it also measures what error bounds are made of.</typeparam>
internal sealed class HeadScan<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    // Sums in flight at a time: one would wait for itself at every row.
    private const int VectorsPerTile = 4;

    private static readonly bool Measures = typeof(T) == typeof(double);
    private static readonly int TileColumns = VectorsPerTile * Vector<T>.Count;

    private readonly int _keyDim, _valueDim, _columns;
    private readonly T[] _state, _values, _output, _decays, _lossWeights;
    private readonly T _scale;

    /// <summary>A state of zeros.</summary>
    /// <param name="keyDim">K.</param>
    /// <param name="valueDim">V.</param>
    public HeadScan(int keyDim, int valueDim)
    {
        (_keyDim, _valueDim) = (keyDim, valueDim);
        _columns = (valueDim + TileColumns - 1) / TileColumns * TileColumns;
        _state = new T[keyDim * _columns];
        (_values, _output) = (new T[_columns], new T[_columns]);
        (_decays, _lossWeights) = (new T[keyDim], new T[keyDim]);
        _scale = T.One / T.Sqrt(T.CreateChecked(keyDim));
    }

    /// <summary>o <c>[V]</c> of the last token.</summary>
    public ReadOnlySpan<T> Output => _output.AsSpan(0, _valueDim);

    /// <summary>Norms of the last token; in double only.</summary>
    public TokenNorms Norms { get; private set; }

    /// <summary>Row i of the state, <c>[V]</c>.</summary>
    public Span<T> Row(int i) => _state.AsSpan(i * _columns, _valueDim);

    /// <summary>Sets the state.</summary>
    /// <param name="state">S <c>[K, V]</c>.</param>
    public void Load(ReadOnlySpan<float> state)
    {
        for (int i = 0; i < _keyDim; i++)
        {
            Span<T> row = Row(i);
            for (int j = 0; j < row.Length; j++) row[j] = T.CreateTruncating(state[i * _valueDim + j]);
        }
    }

    /// <summary>Writes the state out.</summary>
    /// <param name="state">Receives S <c>[K, V]</c>.</param>
    public void Store(Span<T> state)
    {
        for (int i = 0; i < _keyDim; i++) Row(i).CopyTo(state[(i * _valueDim)..]);
    }

    /// <summary>Takes in one token, as <see cref="Gdn.Reference.Operators.DeltaRule.Run"/> does.</summary>
    /// <param name="q">Query <c>[K]</c>.</param>
    /// <param name="k">Key <c>[K]</c>.</param>
    /// <param name="v">Value <c>[V]</c>.</param>
    /// <param name="g">Log decay, one or K of them.</param>
    /// <param name="beta">Write strength.</param>
    /// <param name="gateErrors">Relative errors that decays have beyond those of their exponential, as many as gates; or none.</param>
    public void Step(
        ReadOnlySpan<T> q, ReadOnlySpan<T> k, ReadOnlySpan<T> v, ReadOnlySpan<T> g, T beta, ReadOnlySpan<T> gateErrors = default)
    {
        v.CopyTo(_values);
        T largest = T.Zero, five = T.CreateTruncating(5), two = T.CreateTruncating(2);
        for (int i = 0; i < _keyDim; i++)
        {
            T gate = g.Length == 1 ? g[0] : g[i];
            _decays[i] = i > 0 && g.Length == 1 ? _decays[0] : T.Exp(gate);
            _lossWeights[i] = five - two * gate;
            if (!gateErrors.IsEmpty) _lossWeights[i] += g.Length == 1 ? gateErrors[0] : gateErrors[i];
            largest = T.Max(largest, _decays[i]);
        }

        Squares squares = default;
        for (int column = 0; column < _columns; column += TileColumns) Tile(column, q, k, beta, ref squares);
        if (Measures)
            Norms = new TokenNorms(
                Norm(q), Norm(k), Norm(v), double.CreateTruncating(largest), Root(squares.Loss), Root(squares.Reads), Root(squares.Residual),
                Root(squares.After), Root(squares.Readout), Norm(Output));
    }

    // All rows of a few columns: decayed and read, then written and read out, while they are in the cache.
    private void Tile(int column, ReadOnlySpan<T> q, ReadOnlySpan<T> k, T beta, ref Squares squares)
    {
        (Vector<T> r0, Vector<T> r1, Vector<T> r2, Vector<T> r3) = (default, default, default, default);
        (Vector<T> a0, Vector<T> a1, Vector<T> a2, Vector<T> a3) = (default, default, default, default);
        (Vector<T> l0, Vector<T> l1) = (default, default);
        int stride = _columns / Vector<T>.Count, first = column / Vector<T>.Count;
        Span<Vector<T>> state = MemoryMarshal.Cast<T, Vector<T>>(_state.AsSpan());
        for (int i = 0, at = first; i < _keyDim; i++, at += stride)
        {
            Span<Vector<T>> row = state.Slice(at, VectorsPerTile);
            T decay = _decays[i], key = k[i];
            (Vector<T> s0, Vector<T> s1, Vector<T> s2, Vector<T> s3) = (row[0] * decay, row[1] * decay, row[2] * decay, row[3] * decay);
            (row[0], row[1], row[2], row[3]) = (s0, s1, s2, s3);
            (s0, s1, s2, s3) = (s0 * key, s1 * key, s2 * key, s3 * key);
            (r0, r1, r2, r3) = (r0 + s0, r1 + s1, r2 + s2, r3 + s3);
            if (!Measures) continue;
            (a0, a1, a2, a3) = (a0 + Vector.Abs(s0), a1 + Vector.Abs(s1), a2 + Vector.Abs(s2), a3 + Vector.Abs(s3));
            var weight = new Vector<T>(_lossWeights[i]);
            (s0, s1, s2, s3) = (row[0] * weight, row[1] * weight, row[2] * weight, row[3] * weight);
            (l0, l1) = (l0 + s0 * s0 + s1 * s1, l1 + s2 * s2 + s3 * s3);
        }

        Span<Vector<T>> values = MemoryMarshal.Cast<T, Vector<T>>(_values.AsSpan(column, TileColumns));
        (r0, r1, r2, r3) = (values[0] - r0, values[1] - r1, values[2] - r2, values[3] - r3);
        if (Measures)
        {
            squares.Residual += r0 * r0 + r1 * r1 + r2 * r2 + r3 * r3;
            squares.Reads += a0 * a0 + a1 * a1 + a2 * a2 + a3 * a3;
            squares.Loss += l0 + l1;
        }

        (r0, r1, r2, r3) = (r0 * beta, r1 * beta, r2 * beta, r3 * beta);
        (Vector<T> o0, Vector<T> o1, Vector<T> o2, Vector<T> o3) = (default, default, default, default);
        (a0, a1, a2, a3) = (default, default, default, default);
        (l0, l1) = (default, default);
        for (int i = 0, at = first; i < _keyDim; i++, at += stride)
        {
            Span<Vector<T>> row = state.Slice(at, VectorsPerTile);
            T key = k[i], query = q[i];
            (Vector<T> s0, Vector<T> s1, Vector<T> s2, Vector<T> s3) =
                (row[0] + r0 * key, row[1] + r1 * key, row[2] + r2 * key, row[3] + r3 * key);
            (row[0], row[1], row[2], row[3]) = (s0, s1, s2, s3);
            if (Measures) (l0, l1) = (l0 + s0 * s0 + s1 * s1, l1 + s2 * s2 + s3 * s3);
            (s0, s1, s2, s3) = (s0 * query, s1 * query, s2 * query, s3 * query);
            (o0, o1, o2, o3) = (o0 + s0, o1 + s1, o2 + s2, o3 + s3);
            if (Measures) (a0, a1, a2, a3) = (a0 + Vector.Abs(s0), a1 + Vector.Abs(s1), a2 + Vector.Abs(s2), a3 + Vector.Abs(s3));
        }

        Span<Vector<T>> output = MemoryMarshal.Cast<T, Vector<T>>(_output.AsSpan(column, TileColumns));
        (output[0], output[1], output[2], output[3]) = (o0 * _scale, o1 * _scale, o2 * _scale, o3 * _scale);
        if (!Measures) return;
        squares.After += l0 + l1;
        squares.Readout += a0 * a0 + a1 * a1 + a2 * a2 + a3 * a3;
    }

    private static double Norm(ReadOnlySpan<T> x)
    {
        double sum = 0;
        foreach (T entry in x) sum += double.CreateTruncating(entry) * double.CreateTruncating(entry);
        return Math.Sqrt(sum);
    }

    private static double Root(Vector<T> squares) => Math.Sqrt(double.CreateTruncating(Vector.Sum(squares)));

    // Sums of squares over the tiles of a token.
    private struct Squares
    {
        public Vector<T> Loss, Reads, Residual, After, Readout;
    }
}
