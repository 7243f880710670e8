namespace Gdn.Harness.Kernels.Cases;

/// <summary>Gates and write strengths of one value head, as the regime says.</summary>
/// <param name="regime">Family of inputs.</param>
/// <param name="random">Source.</param>
internal sealed class GateGenerator(InputRegime regime, SeededRandom random)
{
    private static readonly double[] MixedBetas = [0, 1e-3, 0.835, 0.99, 1];
    private readonly int _mixedGate = random.Next(4);

    /// <summary>The largest <c>|g|</c> of a regime.</summary>
    public static double FastestOf(InputRegime regime) => regime switch
    {
        InputRegime.GgmlGates => 20,
        InputRegime.MixedHeads => 1000,
        _ => 0.3,
    };

    /// <summary>The next log decay, never positive.</summary>
    public double NextGate() => regime switch
    {
        InputRegime.GgmlGates => -Uniform(1e-4, 20),
        InputRegime.ConstantGates or InputRegime.IdenticalKeys => -1e-4,
        InputRegime.OrthogonalKeys => 0,
        InputRegime.MixedHeads => _mixedGate switch
        {
            0 => 0,
            1 => Slow(),
            2 => -1e-4,
            _ => random.Next(8) == 0 ? -1000 : -Uniform(5, 50),
        },
        _ => Slow(),
    };

    /// <summary>The next write strength, 0 to 1.</summary>
    public double NextBeta() => regime switch
    {
        InputRegime.ConstantGates or InputRegime.OppositeKeys => Uniform(0.9, 1),
        InputRegime.ClusteredKeys => 0.835,
        InputRegime.IdenticalKeys => Uniform(0.98, 1),
        InputRegime.OrthogonalKeys => 1,
        InputRegime.WeakWrites => random.Next(2) == 0 ? 0 : 1e-3,
        InputRegime.MixedHeads => MixedBetas[random.Next(MixedBetas.Length)],
        _ => random.NextDouble(),
    };

    private double Slow() => -Math.Exp(Uniform(Math.Log(1e-4), Math.Log(0.3)));

    private double Uniform(double low, double high) => low + (high - low) * random.NextDouble();
}
