using Gdn.Reference.Kernels;
using Gdn.Reference.Operators;

namespace Gdn.Harness.Kernels.Bounds;

/// <summary>
/// What a kernel may get wrong before the recurrence begins, where it computes gates and unit keys itself; in units of its
/// arithmetic's u, to first order. docs/tolerances.md derives it. All is 0 where the call is not raw.
/// </summary>
internal sealed class RawInputErrors
{
    /// <summary>Takes the raw inputs of a call.</summary>
    public RawInputErrors(in KernelCall call)
    {
        KernelForms raw = call.Shape.RawInputs;
        HasKeys = raw.HasFlag(KernelForms.RawKeys);
        if (!raw.HasFlag(KernelForms.RawGates)) return;

        (Gates, Betas) = (new double[call.G.Length], new double[call.Beta.Length]);
        int parameters = call.TimeStepBias.Length;
        for (int i = 0; i < Gates.Length; i++)
        {
            int gate = i % parameters;
            Gates[i] = GateError((double)call.G[i] + call.TimeStepBias[gate], call.ALog[gate * call.ALog.Length / parameters]);
        }

        for (int i = 0; i < Betas.Length; i++) Betas[i] = BetaError(call.Beta[i]);
    }

    /// <summary>Whether queries and keys are raw.</summary>
    public bool HasKeys { get; }

    /// <summary>Error of each log decay, absolute, and so relative of the decay; laid out as g. Empty where gates are not raw.</summary>
    public double[] Gates { get; } = [];

    /// <summary>Relative error of each write strength, laid out as beta; empty where gates are not raw.</summary>
    public double[] Betas { get; } = [];

    /// <summary>Those of one token and head.</summary>
    /// <param name="valueHead">Index among the value heads of all tokens.</param>
    /// <param name="gates">Gates of a head.</param>
    public InputErrors At(int valueHead, int gates) => Gates.Length == 0
        ? new InputErrors { HasKeys = HasKeys }
        : new InputErrors { HasKeys = HasKeys, Gates = Gates.AsSpan(valueHead * gates, gates), Beta = Betas[valueHead] };

    /// <summary>Relative error of a key or query of unit length that was divided by its norm.</summary>
    /// <param name="sum">Relative error of a sum of K products, in u.</param>
    public static double KeyError(double sum) => sum / 2 + 5;

    // g = -e^A_log ln(1 + e^x): exponentials and logarithms to 2 ulp, but a logarithm of what is near 1 to 3u; the sum 1 + e^x to
    // 1u; x and the arguments of exponentials to 1u and 2u of their size.
    private static double GateError(double x, double aLog)
    {
        double scale = Math.Exp(aLog), softplus = Activations.Softplus(x), slope = Activations.Sigmoid(x);
        return scale * (slope * (4 + 3 * Math.Abs(x)) + 4) + scale * softplus * (9 + 2 * Math.Abs(aLog));
    }

    // beta = 1 / (1 + e^-b): the exponential, the sum, the division to 2 ulp.
    private static double BetaError(double b) => Activations.Sigmoid(-b) * (4 + 2 * Math.Abs(b)) + 5;
}

/// <summary>The errors of <see cref="RawInputErrors"/> for one token and head; by default there are none.</summary>
public readonly ref struct InputErrors
{
    /// <summary>Whether query and key come from a division by their norm.</summary>
    public bool HasKeys { get; init; }

    /// <summary>Relative errors of the decays, one or K of them, in units of u; or none.</summary>
    public ReadOnlySpan<double> Gates { get; init; }

    /// <summary>Relative error of the write strength, in units of u.</summary>
    public double Beta { get; init; }
}
