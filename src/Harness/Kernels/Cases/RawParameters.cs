using Gdn.Reference.Kernels;

namespace Gdn.Harness.Kernels.Cases;

/// <summary>
/// Turns gates, write strengths and unit keys into raw ones of which the same comes out. A_log and dt_bias belong to heads, not
/// to sequences.
/// </summary>
internal sealed class RawParameters
{
    // Softplus up to here: its exponential stays within F32. Beyond -Saturation softplus and sigmoid are 0 in F32 beside 1.
    private const double LargestSoftplus = 80, Saturation = 40;

    private readonly KernelShape _shape;

    /// <summary>Draws the parameters of every head; empty where gates are not raw.</summary>
    public RawParameters(KernelCase @case)
    {
        _shape = @case.Shape;
        if (!_shape.RawInputs.HasFlag(KernelForms.RawGates)) return;
        int heads = _shape.Rule.ValueHeads, channels = _shape.Rule.PerChannelGate ? _shape.Rule.KeyDim : 1;
        ALog = new float[heads];
        TimeStepBias = new float[heads * channels];
        double least = Math.Max(0.25, GateGenerator.FastestOf(@case.Regime) / LargestSoftplus);
        for (int h = 0; h < heads; h++)
        {
            // A stream per head, so that fewer heads keep theirs.
            var random = new SeededRandom(SeededRandom.Derive(~@case.Seed, (ulong)h));
            // exp(A_log) up to 16, as models are initialised.
            ALog[h] = (float)(Math.Log(least) + random.NextDouble() * (Math.Log(16) - Math.Log(least)));
            // Never so small that it would not be missed.
            foreach (ref float bias in TimeStepBias.AsSpan(h * channels, channels))
                bias = (float)((0.5 + 3.5 * random.NextDouble()) * (random.Next(2) == 0 ? 1 : -1));
        }
    }

    /// <summary>A_log <c>[Hv]</c>.</summary>
    public float[] ALog { get; } = [];

    /// <summary>dt_bias <c>[Hv]</c> or <c>[Hv, K]</c>.</summary>
    public float[] TimeStepBias { get; } = [];

    /// <summary>a with the log decay <paramref name="gate"/>, as near as F32 comes.</summary>
    /// <param name="gate">Not positive.</param>
    /// <param name="index">Of its dt_bias.</param>
    public float GateOf(double gate, int index)
    {
        if (ALog.Length == 0) return (float)gate;
        double softplus = -gate / Math.Exp(ALog[index * ALog.Length / TimeStepBias.Length]);
        // The inverse, ln(e^x - 1), without overflow.
        double sum = softplus + Math.Log(1 - Math.Exp(-softplus));
        return (float)(Math.Max(sum, -Saturation) - TimeStepBias[index]);
    }

    /// <summary>b with the write strength <paramref name="beta"/>, as near as F32 comes.</summary>
    public float BetaOf(double beta) => ALog.Length == 0
        ? (float)beta
        : (float)Math.Clamp(Math.Log(beta) - Math.Log(1 - beta), -Saturation, Saturation);

    /// <summary>Takes the unit length from a key or a query.</summary>
    /// <param name="x">One row.</param>
    /// <param name="random">Where its length comes from.</param>
    public void Lengthen(Span<float> x, SeededRandom random)
    {
        if (!_shape.RawInputs.HasFlag(KernelForms.RawKeys)) return;
        // Norms at which an epsilon of 1e-6 under the root, as in training code, makes no difference; and rows of zeros.
        double length = random.Next(32) == 0 ? 0 : 4 * Math.Pow(16, random.NextDouble());
        foreach (ref float entry in x) entry = (float)(length * entry);
    }
}
