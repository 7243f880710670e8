namespace Gdn.Harness.Kernels.Cases;

/// <summary>
/// Families of inputs. Kernels fail on some and not on others: with random keys and fast decay a state forgets its
/// damage within a few tokens, while repeated keys and slow decay keep it, add it up, and break unstable solvers.
/// Each regime fixes how keys are related, how fast states decay, and how strongly tokens write.
/// </summary>
public enum InputRegime
{
    /// <summary>Random keys, gates uniform in [-20, -1e-4], beta uniform: the distribution that ggml's own test draws.</summary>
    GgmlGates,

    /// <summary>Random keys, |g| log-uniform in [1e-4, 0.3], beta uniform: what trained models look like.</summary>
    SlowGates,

    /// <summary>Random keys, g = -1e-4 always, beta in [0.9, 1]: rounding of the one decay factor adds up.</summary>
    ConstantGates,

    /// <summary>One key with 10 % noise, |g| log-uniform, beta = 0.835: near-repetitions, as in tables and code.</summary>
    ClusteredKeys,

    /// <summary>The same key at every token, g = -1e-4, beta in [0.98, 1]: a run of one repeated token.</summary>
    IdenticalKeys,

    /// <summary>One key with random sign, |g| log-uniform, beta in [0.9, 1]: products of both signs cancel.</summary>
    OppositeKeys,

    /// <summary>An orthonormal set of keys in turn, g = 0, beta = 1: an exact associative memory that never forgets.</summary>
    OrthogonalKeys,

    /// <summary>Random keys, beta 0 or 1e-3, |g| log-uniform: the initial state is all there is to see.</summary>
    WeakWrites,

    /// <summary>
    /// Random keys; heads differ: no decay, slow, constant, or so fast that decays underflow and sums of gates
    /// leave the range of exp; beta one of 0, 1e-3, 0.835, 0.99, 1 at each token.
    /// </summary>
    MixedHeads,
}
