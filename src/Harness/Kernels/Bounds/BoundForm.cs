namespace Gdn.Harness.Kernels.Bounds;

/// <summary>How rounding errors are assumed to add up.</summary>
public enum BoundForm
{
    /// <summary>
    /// Errors of different operations are independent: a sum of n products errs by 3 sqrt(n) u, and the errors of
    /// successive tokens add in quadrature, but those that repeat with equal sign add linearly. What checks use.
    /// </summary>
    Probabilistic,

    /// <summary>Every error has its largest size and the worst sign. A proof, to first order in u, but a loose one.</summary>
    WorstCase,
}
