using System.Numerics;
using System.Runtime.CompilerServices;
using Gdn.Harness.Models;
using Gdn.Harness.Schedules;
using Gdn.Reference;
using Gdn.Reference.Engines;

namespace Gdn.Harness.Checks;

/// <summary>
/// How far the rows of an engine that does not declare its arithmetic may be from the reference, and from each other. Measured is what
/// its errors are when nothing can go wrong: single sequences, each alone on a new engine, in several cuts. In units of the noise that
/// single precision has on the same rows, so that it carries over to rows that amplify errors more, or less.
/// </summary>
/// <remarks>
/// A row may be off as far as one row in <c>1 / <see cref="FalseAlarms"/></c> is. That is beyond what can be measured, but known from
/// the percentile that can: a quotient of error and noise is large where all samples of the noise are small by chance, and of
/// <see cref="Samples"/> samples the probability for a quotient beyond x falls like x^-<see cref="Samples"/>.
/// </remarks>
/// <param name="Errors">How many times the noise an error may be: <see cref="Oracle.NoiseFactor"/> in single precision.</param>
/// <param name="Moves">The same of the difference between rows that should be equal; twice that in single precision.</param>
/// <param name="Furthest">
/// Half of what rows of unrelated sequences differ by, in standard deviations of a row: beyond this a row is nearer to another's than
/// to its own, and no error is noise.
/// </param>
/// <param name="Typical">Typical largest error of a row, as a part of the row's standard deviation.</param>
/// <param name="Rows">Rows measured.</param>
public sealed record MeasuredNoise(double Errors, double Moves, double Furthest, double Typical, int Rows)
{
    /// <summary>Share of rows that may be beyond what is allowed, without anything being wrong: that of single precision.</summary>
    public const double FalseAlarms = 5e-7;

    /// <summary>Samples that the noise of a row is the largest of.</summary>
    private const int Samples = 3;

    // The percentile that is measured, and how many times it what is allowed is.
    private const double Measured = 0.99;
    private static readonly double Tail = Math.Pow((1 - Measured) / FalseAlarms, 1.0 / Samples);

    // Many beginnings: over the first tokens of sequences errors are amplified most.
    private const int Sequences = 32, Length = 12;

    /// <summary>Of an engine that declares its arithmetic: nothing is measured.</summary>
    public static MeasuredNoise None { get; } = new(Oracle.NoiseFactor, 2 * Oracle.NoiseFactor, double.PositiveInfinity, 0, 0);

    private static readonly ConditionalWeakTable<IEngineFactory, ConditionalWeakTable<LoadedModel, MeasuredNoise>> Known = [];

    /// <summary>How many times as far from the reference as in single precision.</summary>
    public double Scale => Errors / Oracle.NoiseFactor;

    /// <summary>What part of the tolerances of both two rows of the engine may differ by.</summary>
    public double MoveShare => Math.Min(1, Moves / (2 * Errors));

    /// <summary>How far a row may be off.</summary>
    /// <param name="noise">What single precision does to it.</param>
    /// <param name="logits">The row, exact.</param>
    public double Allowed(double noise, double[] logits) => double.IsPositiveInfinity(Furthest)
        ? Errors * noise
        : Math.Min(Errors * noise, Furthest * Spread(logits));

    /// <summary>Measures it, once for each factory and model.</summary>
    public static MeasuredNoise Of(IEngineFactory engine, LoadedModel model) =>
        DeclaredCapabilities.Of(engine, model).DeclaresArithmetic
            ? None
            : Known.GetValue(engine, _ => []).GetValue(model, _ => Measure(engine, model));

    private static MeasuredNoise Measure(IEngineFactory engine, LoadedModel model)
    {
        EngineCapabilities declared = DeclaredCapabilities.Of(engine, model);
        Schedule[][] ways = [.. Enumerable.Range(0, Sequences).Select(i => Ways(model, i).ToArray())];
        IReadOnlyList<OracleRow>[] exact = [.. ways.Select(way => Oracle.Run(way[0], model, declared, None, CancellationToken.None))];
        double furthest = Median(exact.Skip(1).Zip(
            exact, (one, other) => Largest(one[^1].Logits, v => other[^1].Logits[v]) / Spread(one[^1].Logits))) / 2;
        var samples = new Samplings(furthest);
        for (int i = 0; i < Sequences; i++)
        {
            try
            {
                LogitsRow[][] rows = [.. ways[i].Select(way => RowsOf(engine, model, way))];
                samples.Add(exact[i], rows);
            }
            catch (Exception e) when (e is EngineFailedException or InputException or EngineThrewException or EngineDiedException)
            {
                // A matter for the checks.
            }
        }

        return samples.Noise;
    }

    private static LogitsRow[] RowsOf(IEngineFactory engine, LoadedModel model, Schedule way)
    {
        using IModelEngine instance = engine.Create(model.Options(way.Slots, way.Planes));
        return [.. EngineRun.Of(way, instance, CancellationToken.None).Rows];
    }

    // Quotients of errors and moves by the noise of their rows.
    private sealed class Samplings(double furthest)
    {
        private readonly List<double> _errors = [], _moves = [], _shares = [];

        public MeasuredNoise Noise => _errors.Count == 0 ? None : new MeasuredNoise(
            Math.Max(None.Errors, Tail * Percentile(_errors)),
            // Where a rounding tips over, two rows that are equal to the bit otherwise are as far apart as either is off.
            Math.Max(None.Moves, Math.Max(Tail * Percentile(_moves), 2 * _errors.Max())),
            furthest, Median(_shares), _errors.Count);

        // Rows of the same tokens, in the first cut and in others.
        public void Add(IReadOnlyList<OracleRow> exact, LogitsRow[][] cuts)
        {
            for (int r = 0; r < exact.Count; r++)
            {
                if (exact[r].IsRouterTie) continue;
                double[] logits = exact[r].Logits;
                double most = furthest * Spread(logits), noise = exact[r].Allowed / None.Errors;
                foreach (LogitsRow[] rows in cuts)
                {
                    double error = Math.Min(most, Largest(rows[r].Logits, v => logits[v]));
                    _errors.Add(error / noise);
                    _shares.Add(error / Spread(logits));
                    if (rows != cuts[0]) _moves.Add(Math.Min(most, Largest(rows[r].Logits, v => cuts[0][r].Logits[v])) / noise);
                }
            }
        }

        private static double Percentile(List<double> values) => values.Order().ElementAt((int)(Measured * values.Count));
    }

    // The same tokens whole, token by token, and in pieces. Not in company: an engine that bleeds would have its damage measured as noise.
    private static IEnumerable<Schedule> Ways(LoadedModel model, int index)
    {
        var random = new SeededRandom((ulong)index);
        int[] tokens = random.NextTokens(Math.Min(Length, model.Config.MaxPositions), model.Config.Vocabulary);
        foreach (int piece in (int[])[tokens.Length, 1, 5])
            yield return new Schedule(
                Slots: 1, Planes: 1, [.. tokens.Chunk(piece).Select(part => new DecodeStep([new SequenceRun(0, part)]))]);
    }

    private static double Largest<T>(T[] row, Func<int, double> expected) where T : IFloatingPointIeee754<T>
    {
        double largest = 0;
        for (int v = 0; v < row.Length; v++)
        {
            double error = Math.Abs(double.CreateChecked(row[v]) - expected(v));
            largest = Math.Max(largest, double.IsNaN(error) ? double.PositiveInfinity : error);
        }

        return largest;
    }

    private static double Spread(double[] logits)
    {
        double mean = logits.Average();
        return Math.Sqrt(logits.Average(logit => (logit - mean) * (logit - mean)));
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] ordered = [.. values.Order()];
        return ordered[ordered.Length / 2];
    }
}
