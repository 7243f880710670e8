using System.Runtime.CompilerServices;
using Gdn.Harness.Models;
using Gdn.Harness.Schedules;
using Gdn.Reference;
using Gdn.Reference.Engines;

namespace Gdn.Harness.Checks;

/// <summary>
/// How far the rows of an engine that does not declare its arithmetic are from the reference, and from each other, when nothing can go
/// wrong: single sequences, each alone on a new engine, in several cuts. Each is one number for an engine and a model, in units of the
/// noise that single precision has on the same rows, so that it carries over to rows that amplify errors more, or less.
/// </summary>
/// <remarks>
/// What is wrong with the engine even so passes for noise up to <see cref="MostOfSpread"/>; beyond that it is found.
/// </remarks>
/// <param name="Scale">How many times the noise of single precision its errors are; 1 for an engine that declares its arithmetic.</param>
/// <param name="Moves">The same of the differences between rows that should be equal; 1 likewise.</param>
/// <param name="Error">Typical largest error of a row, as a part of the row's standard deviation.</param>
/// <param name="Rows">Rows measured.</param>
public sealed record MeasuredNoise(double Scale, double Moves, double Error, int Rows)
{
    /// <summary>No error beyond this part of a row's standard deviation passes for noise of arithmetic.</summary>
    public const double MostOfSpread = 0.25;

    // Correct engines in single precision were seen at 4 times the noise at most, and the tolerance is made for that.
    private const double LargestSeen = 4;

    // Where activations are rounded to 8 bits, two rows are mostly equal, and now and then, when a rounding tips over, as far apart as
    // either is from the reference. With this share two rows may differ by twice the largest error that was measured.
    private const double LeastShare = LargestSeen / Oracle.NoiseFactor;

    // Many beginnings: over the first tokens of sequences errors are amplified most.
    private const int Sequences = 16, Length = 12;

    private static readonly MeasuredNoise None = new(1, 1, 0, 0);

    private static readonly ConditionalWeakTable<IEngineFactory, ConditionalWeakTable<LoadedModel, MeasuredNoise>> Known = [];

    /// <summary>What part of the tolerance against the reference two rows of the engine may differ by.</summary>
    public double MoveShare => Math.Clamp(Moves / Scale, LeastShare, 1);

    /// <summary>Measures it, once for each factory and model.</summary>
    public static MeasuredNoise Of(IEngineFactory engine, LoadedModel model) =>
        DeclaredCapabilities.Of(engine, model).DeclaresArithmetic
            ? None
            : Known.GetValue(engine, _ => []).GetValue(model, _ => Measure(engine, model));

    private static MeasuredNoise Measure(IEngineFactory engine, LoadedModel model)
    {
        var samples = new List<(double Error, double Move, double Share)>();
        for (int i = 0; i < Sequences; i++)
        {
            try
            {
                samples.AddRange(Samples(engine, model, i));
            }
            catch (Exception e) when (e is EngineFailedException or InputException or EngineThrewException or EngineDiedException)
            {
                // A matter for the checks.
            }
        }

        return samples.Count == 0 ? None : new MeasuredNoise(
            Math.Max(1, samples.Max(sample => sample.Error) / LargestSeen),
            Math.Max(1, samples.Max(sample => sample.Move) / LargestSeen), Median(samples.Select(sample => sample.Share)), samples.Count);
    }

    private static IEnumerable<(double Error, double Move, double Share)> Samples(IEngineFactory engine, LoadedModel model, int index)
    {
        Schedule[] ways = [.. Ways(model, index)];
        IReadOnlyList<OracleRow> oracle = Oracle.Run(
            ways[0], model, DeclaredCapabilities.Of(engine, model), None.Scale, CancellationToken.None);
        LogitsRow[]? first = null;
        foreach (Schedule way in ways)
        {
            using IModelEngine instance = engine.Create(model.Options(way.Slots, way.Planes));
            LogitsRow[] rows = [.. EngineRun.Of(way, instance, CancellationToken.None).Rows];
            for (int r = 0; r < rows.Length; r++)
            {
                if (oracle[r].IsRouterTie) continue;
                double spread = Spread(oracle[r].Logits), noise = oracle[r].Allowed / Oracle.NoiseFactor;
                double[] exact = oracle[r].Logits;
                double error = Math.Min(Largest(exact, rows[r].Logits), MostOfSpread * spread);
                double move = first is null ? 0 : Largest([.. first[r].Logits.Select(logit => (double)logit)], rows[r].Logits);
                yield return (error / noise, Math.Min(move, MostOfSpread * spread) / noise, error / spread);
            }

            first ??= rows;
        }
    }

    // The same tokens whole, token by token, and in pieces. Not in company: an engine that bleeds would have its damage measured as noise.
    private static IEnumerable<Schedule> Ways(LoadedModel model, int index)
    {
        var random = new SeededRandom((ulong)index);
        int[] tokens =
            [.. Enumerable.Range(0, Math.Min(Length, model.Config.MaxPositions)).Select(_ => random.Next(model.Config.Vocabulary))];
        foreach (int piece in (int[])[tokens.Length, 1, 5])
            yield return new Schedule(
                Slots: 1, Planes: 1, [.. tokens.Chunk(piece).Select(part => new DecodeStep([new SequenceRun(0, part)]))]);
    }

    private static double Largest(double[] expected, float[] actual)
    {
        double largest = 0;
        for (int v = 0; v < actual.Length; v++)
        {
            double error = Math.Abs(actual[v] - expected[v]);
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
