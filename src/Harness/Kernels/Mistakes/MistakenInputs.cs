using Gdn.Harness.Kernels.Cases;
using Gdn.Reference.Kernels;
using Gdn.Reference.Operators;

namespace Gdn.Harness.Kernels.Mistakes;

/// <summary>Inputs of a case in double precision, for a mistake to change in place. Layouts as in <see cref="KernelCall"/>.</summary>
internal sealed class MistakenInputs
{
    /// <summary>Takes copies.</summary>
    public MistakenInputs(KernelData data)
    {
        Shape = data.Case.Shape;
        Map = Shape.HeadMap;
        (Q, K, V) = (ToDouble(data.Q), ToDouble(data.K), ToDouble(data.V));
        (G, Beta) = (ToDouble(data.G), ToDouble(data.Beta));
        Pool = ToDouble(data.Pool);
        States = new double[Shape.Sequences * Shape.Rule.StateLength];
        for (int n = 0; n < Shape.Sequences; n++) RowOf(data.Rows[n]).CopyTo(StateOf(n));
    }

    /// <summary>Sizes.</summary>
    public KernelShape Shape { get; }

    /// <summary>Which key head a value head reads.</summary>
    public HeadMap Map { get; set; }

    /// <summary>Queries.</summary>
    public double[] Q { get; set; }

    /// <summary>Keys.</summary>
    public double[] K { get; set; }

    /// <summary>Values.</summary>
    public double[] V { get; }

    /// <summary>Log decays.</summary>
    public double[] G { get; }

    /// <summary>Write strengths.</summary>
    public double[] Beta { get; }

    /// <summary>All rows before the call.</summary>
    public double[] Pool { get; }

    /// <summary>Each sequence's state before the call <c>[n_seqs, Hv, K, V]</c>.</summary>
    public double[] States { get; }

    /// <summary>A sequence's state.</summary>
    public Span<double> StateOf(int sequence) => States.AsSpan(sequence * Shape.Rule.StateLength, Shape.Rule.StateLength);

    /// <summary>A row of the pool.</summary>
    public Span<double> RowOf(int row) => Pool.AsSpan(row * Shape.Rule.StateLength, Shape.Rule.StateLength);

    /// <summary>The gates of a token of a sequence, of all heads.</summary>
    public Span<double> GatesOf(int sequence, int token)
    {
        int length = Shape.Rule.GateLength / Shape.Rule.Tokens;
        return G.AsSpan((sequence * Shape.Rule.Tokens + token) * length, length);
    }

    /// <summary>The write strengths of a token of a sequence.</summary>
    public Span<double> BetasOf(int sequence, int token) =>
        Beta.AsSpan((sequence * Shape.Rule.Tokens + token) * Shape.Rule.ValueHeads, Shape.Rule.ValueHeads);

    private static double[] ToDouble(float[] source) => Array.ConvertAll(source, x => (double)x);
}
