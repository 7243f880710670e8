using System.Runtime.CompilerServices;
using Gdn.Harness.Models;
using Gdn.Harness.Schedules;
using Gdn.Reference;
using Gdn.Reference.Engines;

namespace Gdn.Harness.Checks;

/// <summary>
/// How far an engine that does not declare its arithmetic is from the reference when nothing can go wrong: single sequences, each alone
/// on a new engine, in several cuts. There is one number for an engine and a model, in units of the noise that single precision has on
/// the same rows, so that it carries over to rows that amplify errors more, or less.
/// </summary>
/// <remarks>
/// What is wrong with the engine even so passes for noise up to <see cref="MostOfSpread"/>; beyond that it is found.
/// </remarks>
/// <param name="Scale">How many times the noise of single precision; 1 for an engine that declares its arithmetic.</param>
/// <param name="Error">Typical largest error of a row, as a part of the row's standard deviation.</param>
/// <param name="Rows">Rows measured.</param>
public sealed record MeasuredNoise(double Scale, double Error, int Rows)
{
    /// <summary>No error beyond this part of a row's standard deviation passes for noise of arithmetic.</summary>
    public const double MostOfSpread = 0.25;

    // Correct engines in single precision were seen at 4 times the noise at most, and the tolerance is made for that.
    private const double LargestSeen = 4;

    // Many beginnings: over the first tokens of sequences errors are amplified most.
    private const int Sequences = 48, Length = 12, Cuts = 3;

    private static readonly MeasuredNoise None = new(1, 0, 0);

    private static readonly ConditionalWeakTable<IEngineFactory, ConditionalWeakTable<LoadedModel, MeasuredNoise>> Known = [];

    /// <summary>Measures it, once for each factory and model.</summary>
    public static MeasuredNoise Of(IEngineFactory engine, LoadedModel model) =>
        DeclaredCapabilities.Of(engine, model).DeclaresArithmetic
            ? None
            : Known.GetValue(engine, _ => []).GetValue(model, _ => Measure(engine, model));

    private static MeasuredNoise Measure(IEngineFactory engine, LoadedModel model)
    {
        var ratios = new List<double>();
        var shares = new List<double>();
        for (int i = 0; i < Sequences; i++)
        {
            Schedule schedule = Alone(model, i);
            try
            {
                using IModelEngine instance = engine.Create(model.Options(schedule.Slots, schedule.Planes));
                IReadOnlyList<LogitsRow> rows = EngineRun.Of(schedule, instance, CancellationToken.None).Rows;
                IReadOnlyList<OracleRow> oracle =
                    Oracle.Run(schedule, model, instance.Info.Capabilities, None.Scale, CancellationToken.None);
                for (int r = 0; r < rows.Count; r++)
                {
                    if (oracle[r].IsRouterTie) continue;
                    double spread = Spread(oracle[r].Logits), error = Math.Min(LargestError(oracle[r], rows[r]), MostOfSpread * spread);
                    ratios.Add(error * Oracle.NoiseFactor / oracle[r].Allowed);
                    shares.Add(error / spread);
                }
            }
            catch (Exception e) when (e is EngineFailedException or InputException or EngineThrewException or EngineDiedException)
            {
                // A matter for the checks.
            }
        }

        return ratios.Count == 0 ? None : new MeasuredNoise(
            Math.Max(1, ratios.Max() / LargestSeen), Median(shares), ratios.Count);
    }

    // The same tokens whole, token by token, and in pieces.
    private static Schedule Alone(LoadedModel model, int index)
    {
        int length = Math.Min(Length, model.Config.MaxPositions);
        int piece = (index % Cuts) switch { 0 => length, 1 => 1, _ => 5 };
        var random = new SeededRandom((ulong)(index / Cuts));
        int[] tokens = [.. Enumerable.Range(0, length).Select(_ => random.Next(model.Config.Vocabulary))];
        return new Schedule(
            Slots: 1, Planes: 1, [.. tokens.Chunk(piece).Select(part => new DecodeStep([new SequenceRun(0, part)]))]);
    }

    private static double LargestError(OracleRow oracle, LogitsRow row)
    {
        double error = 0;
        for (int v = 0; v < row.Logits.Length; v++)
            error = Math.Max(error, Math.Abs(row.Logits[v] - oracle.Logits[v]) is var e && double.IsNaN(e) ? double.PositiveInfinity : e);
        return error;
    }

    private static double Spread(double[] logits)
    {
        double mean = logits.Average();
        return Math.Sqrt(logits.Average(logit => (logit - mean) * (logit - mean)));
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
