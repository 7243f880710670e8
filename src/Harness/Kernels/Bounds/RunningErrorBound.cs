using Gdn.Reference.Kernels;

namespace Gdn.Harness.Kernels.Bounds;

/// <summary>
/// How far rounding can have carried a kernel's state and output away from the exact ones, for one head, computed
/// token by token alongside the exact recurrence. First order in the unit roundoffs.
/// </summary>
/// <remarks>
/// <para>
/// Write <c>S' = e^g S</c>, <c>r = beta (v - S'^T k)</c> and <c>S+ = S' + k r^T = (I - beta k k^T) S' + beta k v^T</c>.
/// An error E already in S reaches S+ only through the bracket, so it is multiplied by at most
/// <c>e^g * max(1, |1 - beta |k|^2|)</c>, which is at most 1 for unit keys and 0 &lt;= beta &lt;= 1: old errors never
/// grow. A token adds its own. With <c>gamma(n)</c> the relative error of a sum of n products, |.| the Frobenius or
/// Euclidean norm, <c>abs</c> elementwise, and u, p, s the units of arithmetic, inputs and stored state:
/// </para>
/// <code>
/// decay    (5 + 2|g|) u |S'|                              e^g to 2 ulp = 4u; its argument to 2u |g|; the product
/// read     |k| beta (gamma(K) + 2p) | abs(S')^T abs(k) |  the sum S'^T k; its factors rounded to input format
/// delta    |k| (3u |r| + p beta |v|)                      subtraction, times beta, times k
/// write    2p |k| |r|  +  u |S+|                          rounded factors; the sum
/// store    s |S+|
/// E+     = e^g max(1, |1 - beta |k|^2|) E + all of these
/// |do|  &lt;= ( |q| E+ + (gamma(K + 1) + 2p) | abs(S+)^T abs(q) | ) / sqrt(K) + u32 |o|
/// </code>
/// <para>
/// In the worst case <c>gamma(n) = n u / (1 - n u)</c> and everything adds. In the probabilistic form <c>gamma(n) = 3
/// sqrt(n) u</c>, and the terms of all tokens add in quadrature, except three that cannot be taken for independent and
/// stay linear: one rounding of e^g hits a whole head and comes back with every equal gate, a rounded key comes back
/// with every equal key, and a state that changes by less than half its spacing is stored where it was. p and s count
/// only where they are coarser than F32 inputs or than the arithmetic; otherwise nothing is rounded there. Of a quantised
/// state the store is what <see cref="StateQuantizer.Loss"/> says in place of <c>s |S+|</c>.
/// </para>
/// <para>
/// A kernel with chunks evaluates <c>S_t = e^{b_t} S_0 + sum_i e^{b_t - b_i} k_i r_i^T</c> from the chunk's first state
/// S_0, where b sums the gates since then. Rows r_t come from a triangular system by forward substitution. What
/// substitution gets wrong in row t is the same as an error made locally by token t of the recurrence, so it spreads by
/// the same rule, and no condition number of the system appears. Three things change. Sums run over up to K + C
/// products, and without the cancellation in S': over <c>N_t = e^g N_{t-1} + |k_t| |r_t|</c>, N_0 = |S_0|, in place of
/// <c>abs(S')^T abs(k)</c>. Decays err by <c>u |b_t|</c> for each addition since token i and twice more for the
/// argument of exp, and by 5u for exp and the product: together <c>dl_t = u |b_t| D_t + 5u N_t</c> with <c>D_t = e^g
/// (D_{t-1} + N_{t-1}) + 2 |k_t| |r_t|</c>, D_0 = 2 N_0. Inside a chunk dl is seen by reads and outputs but is not
/// carried on; at its end it enters the state, and only there is a state that is carried on stored, unless
/// <see cref="StateRounding"/> says otherwise.
/// </para>
/// <para>
/// Where decays are multiplied up (<see cref="KernelPrecision.MultipliesDecays"/>), each factor errs as in the first line of the table.
/// What token i wrote is off by the sum of that over the tokens since, hence <c>dl_t = u D_t</c> with <c>D_t = e^g (D_{t-1} + (5 +
/// 2|g|) N_{t-1})</c>, D_0 = 0.
/// </para>
/// <para>
/// Raw inputs (<see cref="RawInputErrors"/>) are wrong before the recurrence begins, and wrong again where they come again: all of
/// it stays linear. A gate off by dg adds <c>dg |S'|</c>, in a chunk <c>dg D_t</c>; a beta off by a factor 1 + db adds <c>db |k|
/// |r|</c>; keys and queries off by dk add <c>dk |k| (beta | abs(S')^T abs(k) | + |r|)</c> to the state and <c>dk | abs(S+)^T
/// abs(q) | / sqrt(K)</c> to the output.
/// </para>
/// </remarks>
public sealed class RunningErrorBound
{
    private readonly int _keyDim, _valueDim;
    private readonly BoundForm _form;
    private readonly KernelPrecision _precision;
    private readonly int _chunk;
    private readonly double _u, _inputs, _store;
    private readonly bool _multipliesDecays;

    // Linear and quadratic parts of E; what storing the state in mid-chunk would add.
    private double _linear, _square, _pending;

    private int _tokens;

    // Of the running chunk: tokens so far, summed gate of the fastest channel, largest error of a raw gate, N, D and dl.
    private int _chunkTokens;
    private double _gateSum, _gateError, _norm, _weighted, _decayError;

    /// <summary>Starts from an exact initial state.</summary>
    /// <param name="keyDim">K.</param>
    /// <param name="valueDim">V.</param>
    /// <param name="precision">What the kernel promises.</param>
    /// <param name="form">How errors add.</param>
    /// <param name="stateNorm">|S|</param>
    /// <param name="quantized">What quantising S takes from it at most, in a kernel that does.</param>
    public RunningErrorBound(
        int keyDim, int valueDim, KernelPrecision precision, BoundForm form, double stateNorm, double quantized = 0)
    {
        (_keyDim, _valueDim, _form, _precision, _chunk) = (keyDim, valueDim, form, precision, precision.Chunk);
        _multipliesDecays = precision.MultipliesDecays;
        _u = precision.Accumulator;
        _inputs = precision.Inputs > KernelPrecision.F32 ? precision.Inputs : 0;
        _store = precision.State > precision.Accumulator ? precision.State : 0;
        StartChunk(stateNorm);
        // A state kept in a coarser format is rounded when it is taken over from the pool.
        _linear = _store * _norm + quantized;
    }

    /// <summary>Bound on the Frobenius norm of the state's error after the last token.</summary>
    public double State => _linear + Math.Sqrt(_square) + _pending + Underflow(_keyDim * _valueDim);

    /// <summary>Bound on the Euclidean norm of the last token's output error.</summary>
    public double Output { get; private set; }

    /// <summary>Takes in one token.</summary>
    /// <param name="norms">Of the exact recurrence.</param>
    /// <param name="g">Log decay, one or K of them.</param>
    /// <param name="beta">Write strength.</param>
    /// <param name="quantized">What quantising S+ takes from it at most, in a kernel that does.</param>
    /// <param name="wrong">What raw inputs add; by default nothing. Errors of gates count in <see cref="TokenNorms.DecayLoss"/> too.</param>
    public void Advance(
        in TokenNorms norms, ReadOnlySpan<double> g, double beta, double quantized = 0, in InputErrors wrong = default)
    {
        double delta = beta * norms.Residual;
        double read = Gamma(SumLength) * (_chunk > 1 ? norms.Key * norms.Decay * _norm : norms.Reads);
        double growth = Math.Max(1, Math.Abs(1 - beta * norms.Key * norms.Key));

        double keyError = wrong.HasKeys ? _u * RawInputErrors.KeyError(Gamma(_keyDim) / _u) : 0;
        if (_chunk > 1) AdvanceChunk(norms.Decay, g, norms.Key * delta, wrong.Gates);
        double repeated = _chunk > 1 ? norms.Key * norms.Key * beta * _decayError : growth * _u * norms.DecayLoss;
        repeated += norms.Key * _inputs * (2 * beta * norms.Reads + beta * norms.Value + 2 * delta);
        repeated += norms.Key * (keyError * (beta * norms.Reads + delta) + _u * wrong.Beta * delta);
        Add(norms.Decay * growth, repeated, norms.Key * beta * read, 3 * _u * norms.Key * delta, _u * norms.After);

        bool chunkEnds = _chunk == 1 || _chunkTokens == _chunk;
        if (chunkEnds && _chunk > 1)
        {
            _linear += _decayError;
            StartChunk(norms.After);
        }

        double store = _store * norms.After + quantized;
        bool stored = _precision.RoundsAfter(++_tokens);
        if (stored) _linear += store;
        _pending = (chunkEnds ? 0 : _decayError) + (stored ? 0 : store);

        double outputSum = _chunk > 1 ? norms.Query * _norm : norms.Readout;
        double carried = _precision.Rounding == StateRounding.PerCall ? State - store : State;
        double error = norms.Query * carried + Gamma(SumLength + 1) * outputSum + (2 * _inputs + keyError) * norms.Readout;
        Output = error / Math.Sqrt(_keyDim) + KernelPrecision.F32 * norms.Output + Underflow(_valueDim);
    }

    private int SumLength => _chunk > 1 ? _keyDim + _chunk : _keyDim;

    private void AdvanceChunk(double decay, ReadOnlySpan<double> g, double written, ReadOnlySpan<double> gateErrors)
    {
        _chunkTokens++;
        double fastest = 0;
        foreach (double gate in g) fastest = Math.Max(fastest, -gate);
        foreach (double error in gateErrors) _gateError = Math.Max(_gateError, error);
        if (_multipliesDecays)
        {
            _weighted = decay * (_weighted + (5 + 2 * fastest + _gateError) * _norm);
            _norm = decay * _norm + written;
            _decayError = _u * _weighted;
            return;
        }

        _gateSum += fastest;
        _weighted = decay * (_weighted + _norm) + 2 * written;
        _norm = decay * _norm + written;
        _decayError = _u * ((_gateSum + _gateError) * _weighted + 5 * _norm);
    }

    private void StartChunk(double stateNorm)
    {
        (_chunkTokens, _gateSum, _gateError, _decayError) = (0, 0, 0, 0);
        (_norm, _weighted) = (stateNorm, _multipliesDecays ? 0 : 2 * stateNorm);
    }

    private void Add(double growth, double repeated, params ReadOnlySpan<double> independent)
    {
        _linear = growth * _linear + repeated;
        _square *= growth * growth;
        foreach (double term in independent)
        {
            if (_form == BoundForm.WorstCase) _linear += term;
            else _square += term * term;
        }
    }

    private double Gamma(int terms)
    {
        double worst = terms * _u / (1 - terms * _u);
        return _form == BoundForm.WorstCase ? worst : Math.Min(worst, 3 * Math.Sqrt(terms) * _u);
    }

    // Results below the normal range of F32 may be flushed to zero, element by element.
    private static double Underflow(int elements) => elements * 1.1754943508222875e-38;
}
