namespace Gdn.Reference.Kernels;

/// <summary>
/// Forms of a call beyond the usual one, in which every sequence has as many tokens and gates and keys are ready for the
/// recurrence. An engine declares those that it takes; a call has some of them, and never others.
/// </summary>
[Flags]
public enum KernelForms
{
    /// <summary>The usual call.</summary>
    None = 0,

    /// <summary>
    /// Sequences of unlike lengths: tensors are packed, <c>[total tokens, ...]</c>, and <see cref="KernelCall.Offsets"/> says
    /// where each sequence begins.
    /// </summary>
    Ragged = 1,

    /// <summary>
    /// Gates before softplus and sigmoid: the kernel computes <c>g = -exp(A_log) * softplus(a + dt_bias)</c> and
    /// <c>beta = sigmoid(b)</c>.
    /// </summary>
    RawGates = 2,

    /// <summary>
    /// Queries and keys of any length: the kernel divides each by <c>max(|x|, 1e-6)</c>. A row of zeros stays one.
    /// </summary>
    RawKeys = 4,

    /// <summary>
    /// Ragged calls in which sequences may have no tokens, as where batches are padded. Such a sequence keeps its state.
    /// </summary>
    EmptySequences = 8,
}
