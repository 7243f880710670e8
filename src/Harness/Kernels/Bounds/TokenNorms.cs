namespace Gdn.Harness.Kernels.Bounds;

/// <summary>
/// Norms of one token of the exact recurrence of one head, from which an error bound is computed. With <c>S' = e^g S</c>,
/// <c>S+ = S' + beta k (v - S'^T k)^T</c> and abs elementwise; of matrices the Frobenius norm.
/// </summary>
/// <param name="Query">|q|</param>
/// <param name="Key">|k|</param>
/// <param name="Value">|v|</param>
/// <param name="Decay">e^g, the largest of the head.</param>
/// <param name="DecayLoss">
/// Norm of <c>(5 + 2 |g|) S'</c>, each row with its own g: what rounding the decays costs, in units of u. With raw gates
/// <c>(5 + 2 |g| + dg) S'</c>.
/// </param>
/// <param name="Reads"><c>| abs(S')^T abs(k) |</c></param>
/// <param name="Residual"><c>| v - S'^T k |</c></param>
/// <param name="After"><c>| S+ |</c></param>
/// <param name="Readout"><c>| abs(S+)^T abs(q) |</c></param>
/// <param name="Output">|o|</param>
public readonly record struct TokenNorms(
    double Query, double Key, double Value, double Decay, double DecayLoss, double Reads, double Residual, double After,
    double Readout, double Output);
