namespace Gdn.Optimized.Cpu.Kernels;

/// <summary>
/// What the first tokens of a block do to the state before it: <c>S &lt;- decay S + sum of factor key delta^T</c>.
/// </summary>
internal readonly unsafe ref struct DeltaWrites(int count, float* keys, float* factors, float* decay, int decayStep)
{
    /// <summary>How many tokens.</summary>
    public readonly int Count = count;

    /// <summary>Their keys, by <see cref="DeltaBlockKeys.Stride"/>.</summary>
    public readonly float* Keys = keys;

    /// <summary>Factor of each correction.</summary>
    public readonly float* Factors = factors;

    /// <summary>Factor of the state's first row.</summary>
    public readonly float* Decay = decay;

    /// <summary>From one row's factor to the next one's: 0 if all share one.</summary>
    public readonly int DecayStep = decayStep;
}
