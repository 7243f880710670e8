using Gdn.Reference.Operators;
using static Gdn.Harness.Kernels.Mistakes.RecurrenceStep;
using static System.FormattableString;

namespace Gdn.Harness.Kernels.Mistakes;

/// <summary>Mistakes that kernels have had.</summary>
internal static class KnownMistakes
{
    private const string Transposed = "transposed state", LateGate = "the previous token's gate", EarlyGate = "the next token's gate";
    private const string Gate = "another gate", DecayAfter = "decay after the update", ReadBefore = "output read before the update";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Mistake> All { get; } =
    [
        // State.
        new(Transposed) { Inputs = x => Transpose(x.States, x.Shape.Rule), Results = TransposeResults },
        new(Transposed) { Inputs = x => Transpose(x.States, x.Shape.Rule) },
        new(Transposed) { Results = TransposeResults },
        new(Transposed) { Results = results => TransposeBack(results.States, results.Shape.Rule) },
        new("initial state ignored") { Inputs = x => Array.Clear(x.States) },
        new("final state not stored") { Results = results => results.Before.CopyTo(results.States, 0) },
        new("pool row of the sequence's number, not of its entry in rows") { Inputs = RowsInOrder },
        new("state of the sequence before") { Inputs = StatesOfNeighbours },
        new("snapshots in the opposite order") { Results = ReverseSnapshots },

        // Heads.
        new("the other head map") { Inputs = x => x.Map = x.Map == HeadMap.Tiled ? HeadMap.Grouped : HeadMap.Tiled },

        // Gates.
        new("decay left out") { Inputs = x => Array.Clear(x.G) },
        new(Gate, "exp2 for exp") { Inputs = Gates(g => g * Math.Log(2)) },
        new(Gate, "sigmoid for exp") { Inputs = Gates(g => -Math.Log(1 + Math.Exp(-g))) },
        new(Gate, "1 + g for exp") { Inputs = Gates(g => Math.Log(Math.Max(0, 1 + g))) },
        new("gate applied twice") { Inputs = Gates(g => 2 * g) },
        new("gate of the other sign") { Inputs = Gates(g => -g) },
        new("gate of the first channel for all") { Inputs = FirstChannel },
        new(LateGate) { Inputs = x => ShiftGates(x, -1, keepsEdge: false) },
        new(LateGate) { Inputs = x => ShiftGates(x, -1, keepsEdge: true) },
        new(EarlyGate) { Inputs = x => ShiftGates(x, 1, keepsEdge: false) },
        new(EarlyGate) { Inputs = x => ShiftGates(x, 1, keepsEdge: true) },
        new(DecayAfter) { Order = [Recall, Write, Answer, Decay] },
        new(DecayAfter) { Order = [Recall, Write, Decay, Answer] },
        new("old value read before the decay") { Order = [Recall, Decay, Write, Answer] },

        // Writes.
        new("beta left out") { Inputs = x => Array.Fill(x.Beta, 1) },
        new("beta on the value alone") { Order = [Decay, RecallWithoutBeta, Write, Answer] },
        new("the previous token's beta") { Inputs = ShiftBetas },
        new("old value not taken back (no delta rule)") { Order = [Decay, RecallNothing, Write, Answer] },

        // Outputs.
        new(ReadBefore) { Order = [Decay, Answer, Recall, Write] },
        new(ReadBefore) { Order = [Answer, Decay, Recall, Write] },
        new("scale 1/sqrt(K) left out") { Results = results => Scale(results, Math.Sqrt(results.Shape.Rule.KeyDim)) },
        new("scale 1/sqrt(K) applied twice") { Results = results => Scale(results, 1 / Math.Sqrt(results.Shape.Rule.KeyDim)) },
        new("q and k exchanged") { Inputs = x => (x.Q, x.K) = (x.K, x.Q) },

        // Chunks.
        .. new[] { 16, 32, 64, 128 }.SelectMany(OfChunks),
    ];

    // A state that is multiplied by 0 has been reset.
    private static IEnumerable<Mistake> OfChunks(int chunk) =>
    [
        new("last chunk's tail not decayed", Invariant($"chunks of {chunk}"))
        {
            Inputs = x => SetGates(x, 0, t => t >= chunk && t >= x.Shape.Rule.Tokens / chunk * chunk),
        },
        new("first token of a chunk not decayed", Invariant($"chunks of {chunk}"))
        {
            Inputs = x => SetGates(x, 0, t => t > 0 && t % chunk == 0),
        },
        new("state not carried from chunk to chunk", Invariant($"chunks of {chunk}"))
        {
            Inputs = x => SetGates(x, double.NegativeInfinity, t => t > 0 && t % chunk == 0),
        },
    ];

    private static Action<MistakenInputs> Gates(Func<double, double> gate) => x =>
    {
        foreach (ref double g in x.G.AsSpan()) g = gate(g);
    };

    private static void SetGates(MistakenInputs x, double value, Func<int, bool> isMeant)
    {
        for (int n = 0; n < x.Shape.Sequences; n++)
            for (int t = 0; t < x.Shape.Rule.Tokens; t++)
                if (isMeant(t)) x.GatesOf(n, t).Fill(value);
    }

    // At the edge there is no such token: its own gate, or none.
    private static void ShiftGates(MistakenInputs x, int by, bool keepsEdge)
    {
        double[] given = [.. x.G];
        int tokens = x.Shape.Rule.Tokens, length = given.Length / (x.Shape.Sequences * tokens);
        for (int n = 0; n < x.Shape.Sequences; n++)
            for (int t = 0; t < tokens; t++)
            {
                int from = t + by;
                if (from >= 0 && from < tokens) given.AsSpan((n * tokens + from) * length, length).CopyTo(x.GatesOf(n, t));
                else if (!keepsEdge) x.GatesOf(n, t).Clear();
            }
    }

    private static void ShiftBetas(MistakenInputs x)
    {
        for (int n = 0; n < x.Shape.Sequences; n++)
            for (int t = x.Shape.Rule.Tokens - 1; t > 0; t--) x.BetasOf(n, t - 1).CopyTo(x.BetasOf(n, t));
    }

    private static void FirstChannel(MistakenInputs x)
    {
        if (!x.Shape.Rule.PerChannelGate) return;
        for (int i = 0; i < x.G.Length; i++) x.G[i] = x.G[i - i % x.Shape.Rule.KeyDim];
    }

    private static void RowsInOrder(MistakenInputs x)
    {
        for (int n = 0; n < x.Shape.Sequences; n++) x.RowOf(n).CopyTo(x.StateOf(n));
    }

    private static void StatesOfNeighbours(MistakenInputs x)
    {
        for (int n = x.Shape.Sequences - 1; n > 0; n--) x.StateOf(n - 1).CopyTo(x.StateOf(n));
    }

    private static void Scale(MistakenResults results, double factor)
    {
        foreach (ref double entry in results.Output.AsSpan()) entry *= factor;
    }

    private static void ReverseSnapshots(MistakenResults results)
    {
        double[] given = [.. results.Snapshots];
        int length = results.States.Length, planes = given.Length / length;
        for (int plane = 0; plane < planes; plane++)
            given.AsSpan((planes - 1 - plane) * length, length).CopyTo(results.Snapshots.AsSpan(plane * length));
    }

    private static void TransposeResults(MistakenResults results)
    {
        TransposeBack(results.States, results.Shape.Rule);
        TransposeBack(results.Snapshots, results.Shape.Rule);
    }

    // Memory of [V, K] taken for [K, V].
    private static void Transpose(double[] states, in DeltaRuleShape rule) => Transpose(states, rule.ValueDim, rule.KeyDim);

    private static void TransposeBack(double[] states, in DeltaRuleShape rule) => Transpose(states, rule.KeyDim, rule.ValueDim);

    // Matrices [rows, columns], one after the other, to [columns, rows].
    private static void Transpose(double[] matrices, int rows, int columns)
    {
        double[] given = [.. matrices];
        int length = rows * columns;
        for (int start = 0; start < given.Length; start += length)
            for (int i = 0; i < rows; i++)
                for (int j = 0; j < columns; j++) matrices[start + j * rows + i] = given[start + i * columns + j];
    }
}
