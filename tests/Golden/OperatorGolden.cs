using Gdn.Reference.Operators;
using Xunit;

namespace Gdn.Golden;

/// <summary>Runs the reference operators on the inputs of <c>ops</c> and compares with ggml's results.</summary>
internal static class OperatorGolden
{
    /// <summary>
    /// ggml computes in float: its sums of up to 128 terms, carried over up to 65 tokens of a map that does not expand,
    /// stay within a few units in the last place (6e-8) of the largest magnitude. Seen: 4.4e-7.
    /// </summary>
    public const double Tolerance = 1e-6;

    public static GoldenVectors Vectors { get; } = GoldenVectors.Load("ops");

    /// <summary>The names of the cases of one operator, as xUnit wants them.</summary>
    public static TheoryData<string> Names(string op) => [.. Of(op).Select(c => c.Name)];

    public static IEnumerable<GoldenCase> Of(string op) =>
        Vectors.Cases.Where(c => c.Parameters.GetProperty("op").GetString() == op);

    /// <summary>
    /// Outputs are compared per sequence and head, states per snapshot, sequence and head: each is as large as the
    /// values that went into it.
    /// </summary>
    /// <param name="golden">A case of <c>gated_delta_net</c>.</param>
    /// <param name="map">ggml's is tiled; another one is a fault.</param>
    /// <param name="gate">Applied to g; anything but the identity is a fault.</param>
    public static GoldenDeviation[] DeltaRule(
        GoldenCase golden, HeadMap map = HeadMap.Tiled, Func<double, double>? gate = null)
    {
        int[] key = golden.Shape("k"), value = golden.Shape("v"), gates = golden.Shape("g");
        int sequences = value[0], planes = golden.Shape("snapshots")[0];
        var shape = new DeltaRuleShape(
            Tokens: value[1], KeyHeads: key[2], ValueHeads: value[2], KeyDim: key[3], ValueDim: value[3],
            PerChannelGate: gates[3] > 1);
        double[] q = golden.Doubles("q"), k = golden.Doubles("k"), v = golden.Doubles("v");
        double[] g = golden.Doubles("g"), beta = golden.Doubles("beta"), output = new double[v.Length];
        if (gate is not null) g = Array.ConvertAll(g, x => gate(x));
        double[] states = Transposed(golden.Doubles("state"), shape);
        double[] snapshots = new double[planes * states.Length];

        for (int n = 0; n < sequences; n++)
        {
            Span<double> state = Part(states, n, shape.StateLength);
            double[] own = new double[planes * shape.StateLength];
            Reference.Operators.DeltaRule.Run<double>(
                shape, map,
                Part(q, n, shape.KeyLength), Part(k, n, shape.KeyLength), Part(v, n, shape.ValueLength),
                Part(g, n, shape.GateLength), Part(beta, n, shape.BetaLength),
                state, Part(output, n, shape.ValueLength), own);
            for (int plane = 0; plane < planes; plane++)
                Part(own, plane, shape.StateLength).CopyTo(Part(snapshots, plane * sequences + n, shape.StateLength));
        }

        return
        [
            GoldenComparison.Relative(
                $"{golden} output[n,t,h,j]", value, golden.Floats("output"), output, Tolerance, 0, 2),
            GoldenComparison.Relative(
                $"{golden} snapshots[s,n,h,j,i]", golden.Shape("snapshots"), golden.Floats("snapshots"),
                Transposed(snapshots, shape), Tolerance, 0, 1, 2),
        ];
    }

    /// <summary>Outputs are compared over the whole case: sums of four products of one size.</summary>
    public static GoldenDeviation CausalConv(GoldenCase golden)
    {
        int[] shape = golden.Shape("output");
        int sequences = shape[0], tokens = shape[1], channels = shape[2];
        int window = golden.Shape("weight")[1] - 1, time = window + tokens;
        double[] input = golden.Doubles("input"), weights = golden.Doubles("weight");
        double[] output = new double[sequences * tokens * channels];

        for (int n = 0; n < sequences; n++)
        {
            // ggml has time fastest, and the state and the tokens in one array.
            double[] rows = Transpose(Part(input, n, channels * time), channels, time);
            Reference.Operators.CausalConv.Run(
                channels, rows.AsSpan(window * channels), weights, rows.AsSpan(0, window * channels),
                Part(output, n, tokens * channels));
        }

        return GoldenComparison.Relative($"{golden} output[n,t,c]", shape, golden.Floats("output"), output, Tolerance);
    }

    /// <summary>Runs a norm, or a fault of one, over rows and compares them row by row.</summary>
    /// <param name="golden">A case of <c>l2_norm</c> or <c>rms_norm</c>.</param>
    /// <param name="norm">Normalises <c>x [rows, length]</c> in place, given length and epsilon.</param>
    public static GoldenDeviation Norm(GoldenCase golden, Action<double[], int, double> norm)
    {
        int[] shape = golden.Shape("input");
        double[] x = golden.Doubles("input");
        norm(x, shape[1], (float)golden.Parameters.GetProperty("eps").GetDouble());
        return GoldenComparison.Relative($"{golden} output[r,i]", shape, golden.Floats("output"), x, Tolerance, 0);
    }

    private static Span<double> Part(double[] whole, int index, int length) => whole.AsSpan(index * length, length);

    // States, each head's [K, V] here and [V, K] in ggml, either way round: the heads are square.
    private static double[] Transposed(double[] states, DeltaRuleShape shape)
    {
        double[] result = new double[states.Length];
        for (int head = 0; head < states.Length / shape.HeadStateLength; head++)
            Transpose(Part(states, head, shape.HeadStateLength), shape.KeyDim, shape.ValueDim)
                .CopyTo(Part(result, head, shape.HeadStateLength));
        return result;
    }

    private static double[] Transpose(ReadOnlySpan<double> x, int rows, int columns)
    {
        double[] result = new double[x.Length];
        for (int row = 0; row < rows; row++)
            for (int column = 0; column < columns; column++)
                result[column * rows + row] = x[row * columns + column];
        return result;
    }
}
