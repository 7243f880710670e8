using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Gdn.Optimized.Cpu.Simd;

namespace Gdn.Optimized.Cpu.Kernels;

/// <summary>
/// What tokens that go on from one checkpoint share over all columns of a head. As <see cref="DeltaBlockKeys"/> for a block, but each
/// token's factors are computed from the checkpoint on, so that they do not depend on which tokens come in one pass.
/// </summary>
/// <remarks>
/// D(t, i), the product of the decays from i + 1 to t, is multiplied up backwards from t: nothing is carried from token to token,
/// so nothing drifts, and nothing is divided.
/// </remarks>
internal unsafe ref struct RingKeys<TVector, TSimd>
    where TVector : struct
    where TSimd : struct, ISimd<TVector>
{
    private const int Stride = DeltaBlockKeys.Stride;

    private readonly int _length;

    // Keys of all tokens and queries of those to run, as they are; then both as they are read, with a gate per channel; all [L, Stride].
    private readonly float* _keys, _queries, _decayedKeys, _decayedQueries;

    // Of each key row: the decay up to a token, and a key times that.
    private readonly float* _rowDecay, _weighted;

    // k(i) . k(t) and k(i) . q(t), each [L, L]; only with a gate per head. Then the factors.
    private readonly float* _keyKeys, _keyQueries, _keyKey, _keyQuery, _beta, _readFactor, _predictionFactor, _writeFactor;

    private RingTokens _tokens;
    private int _rows;
    private bool _perChannel;

    /// <summary>Puts an instance into a buffer.</summary>
    /// <param name="buffer"><see cref="Size"/> floats from the start of a cache line.</param>
    /// <param name="length">L.</param>
    public RingKeys(float* buffer, int length)
    {
        int rows = length * Stride, square = length * length;
        _length = length;
        _keys = buffer;
        _queries = _keys + rows;
        _decayedKeys = _queries + rows;
        _decayedQueries = _decayedKeys + rows;
        _rowDecay = _decayedQueries + rows;
        _weighted = _rowDecay + Stride;
        _keyKeys = _weighted + Stride;
        _keyQueries = _keyKeys + square;
        _keyKey = _keyQueries + square;
        _keyQuery = _keyKey + square;
        _beta = _keyQuery + square;
        _readFactor = _beta + length;
        _predictionFactor = _readFactor + length;
        _writeFactor = _predictionFactor + length;
    }

    /// <summary>What predictions are read with: k or <c>D(t) k</c>, by <see cref="DeltaBlockKeys.Stride"/>.</summary>
    public readonly float* ReadKeys => _perChannel ? _decayedKeys : _keys + _tokens.Earlier * Stride;

    /// <summary>What outputs are read with: q or <c>D(t) q</c>.</summary>
    public readonly float* ReadQueries => _perChannel ? _decayedQueries : _queries;

    /// <summary>How the tokens to run act on each other, and the earlier ones on them.</summary>
    public readonly DeltaCouplings Couplings => new()
    {
        Count = _tokens.Count,
        Earlier = _tokens.Earlier,
        Stride = _length,
        KeyKey = _keyKey,
        KeyQuery = _keyQuery,
        Beta = _beta,
        ReadFactor = _readFactor,
        PredictionFactor = _predictionFactor,
    };

    /// <summary>Floats that an instance needs for a ring of L tokens.</summary>
    public static int Size(int length) => (4 * length + 2) * Stride + 4 * length * (length + 1);

    /// <summary>Takes in keys, and the queries of the tokens to run.</summary>
    public void LoadKeys(in DeltaHeads heads, in RingSlot slot, RingTokens tokens)
    {
        (_rows, _tokens, _perChannel) = (heads.KeyDim, tokens, heads.PerChannelGate);
        for (int i = 0; i < tokens.Total; i++)
        {
            int token = tokens.FirstToken + i;
            Copy(ref token < 0 ? ref slot.Key(tokens.FirstEntry + i, heads.KeyHead) : ref heads.K(token), _keys + i * Stride);
            if (i >= tokens.Earlier) Copy(ref heads.Q(token), _queries + (i - tokens.Earlier) * Stride);
        }

        if (_perChannel || tokens.Count == 0) return;
        Multiply(_keys + tokens.Earlier * Stride, _keyKeys);
        Multiply(_queries, _keyQueries);
    }

    /// <summary>Takes in the gates of one value head, and computes the factors of the tokens to run.</summary>
    public readonly void LoadGates(in DeltaHeads heads, in RingSlot slot, int head)
    {
        for (int t = 0; t < _tokens.Count; t++)
        {
            int self = _tokens.Earlier + t;
            float beta = heads.Beta(_tokens.FirstToken + self, head);
            float* keyKey = _keyKey + t * _length, keyQuery = _keyQuery + t * _length;
            _beta[t] = beta;
            if (_perChannel)
            {
                _readFactor[t] = 1;
                Channels(heads, slot, head, t, keyKey, keyQuery);
            }
            else
            {
                _readFactor[t] = Reach(heads, slot, head, self, keyQuery);
                for (int i = 0; i <= self; i++)
                {
                    keyKey[i] = -beta * _keyKeys[t * _length + i] * keyQuery[i];
                    keyQuery[i] *= _keyQueries[t * _length + i];
                }
            }

            _predictionFactor[t] = -beta * _readFactor[t];
        }
    }

    /// <summary>What the earlier tokens write, L of them: the next checkpoint from this one. Loaded keys are lost.</summary>
    public readonly DeltaWrites Writes(in DeltaHeads heads, in RingSlot slot, int head)
    {
        int last = _tokens.Earlier - 1;
        if (!_perChannel)
        {
            _rowDecay[0] = Reach(heads, slot, head, last, _writeFactor);
            return new DeltaWrites(_tokens.Earlier, _keys, _writeFactor, _rowDecay, decayStep: 0);
        }

        new Span<float>(_writeFactor, _tokens.Earlier).Fill(1);
        new Span<float>(_rowDecay, _rows).Fill(1);
        for (int i = last; i >= 0; i--)
        {
            Multiply(ref _keys[i * Stride], ref *_rowDecay, _decayedKeys + i * Stride);
            Multiply(ref *_rowDecay, ref Decay(heads, slot, head, i), _rowDecay);
        }

        return new DeltaWrites(_tokens.Earlier, _decayedKeys, _writeFactor, _rowDecay, decayStep: 1);
    }

    // D(t, i) for all i up to t; returns D(t).
    private readonly float Reach(in DeltaHeads heads, in RingSlot slot, int head, int t, float* reach)
    {
        float decay = 1;
        for (int i = t; i >= 0; i--)
        {
            reach[i] = decay;
            decay *= Decay(heads, slot, head, i);
        }

        return decay;
    }

    private readonly void Channels(in DeltaHeads heads, in RingSlot slot, int head, int t, float* keyKey, float* keyQuery)
    {
        int self = _tokens.Earlier + t;
        ref float key = ref _keys[self * Stride], query = ref _queries[t * Stride];
        new Span<float>(_rowDecay, _rows).Fill(1);
        for (int i = self; i >= 0; i--)
        {
            Multiply(ref _keys[i * Stride], ref *_rowDecay, _weighted);
            keyKey[i] = -_beta[t] * MatrixTiles<TVector, TSimd>.Dot(ref *_weighted, ref key, _rows);
            keyQuery[i] = MatrixTiles<TVector, TSimd>.Dot(ref *_weighted, ref query, _rows);
            Multiply(ref *_rowDecay, ref Decay(heads, slot, head, i), _rowDecay);
        }

        Multiply(ref key, ref *_rowDecay, _decayedKeys + t * Stride);
        Multiply(ref query, ref *_rowDecay, _decayedQueries + t * Stride);
    }

    private readonly ref float Decay(in DeltaHeads heads, in RingSlot slot, int head, int i)
    {
        int token = _tokens.FirstToken + i;
        return ref token < 0 ? ref slot.Decay(_tokens.FirstEntry + i, heads.Index(head)) : ref heads.Decay(token, head);
    }

    // The products of all keys with rows of the tokens to run.
    private readonly void Multiply(float* rows, float* products) => MatrixTiles<TVector, TSimd>.Run(
        ref *_keys, Stride, _tokens.Total, ref *rows, Stride, _tokens.Count, _rows, ref *products, _length);

    private readonly void Multiply(ref float x, ref float y, float* product)
    {
        int i = 0;
        for (; i <= _rows - TSimd.Count; i += TSimd.Count)
            TSimd.Store(TSimd.Multiply(TSimd.Load(ref x, i), TSimd.Load(ref y, i)), ref *product, i);
        for (; i < _rows; i++) product[i] = Unsafe.Add(ref x, i) * Unsafe.Add(ref y, i);
    }

    private readonly void Copy(ref float row, float* target) =>
        MemoryMarshal.CreateReadOnlySpan(ref row, _rows).CopyTo(new Span<float>(target, _rows));
}
