using Gdn.Harness.Clients;
using Gdn.Harness.Divergence;
using Gdn.Reference.State;

namespace Gdn.Harness.Bleed.Oracle;

/// <summary>Finds out how a server rounds, from answers that it gave alone.</summary>
/// <param name="roundsCachesOnly">Whether nothing but caches is rounded, so that what rounding can do is known.</param>
/// <param name="read">Puts answers through the reference with caches of a format.</param>
internal sealed class BoundLearner(bool roundsCachesOnly, Func<StateFormat, IReadOnlyList<ForcedAnswer>, ForcedPosition[][]> read)
{
    // A quarter of the positions may be wrong without spoiling what is learnt from the others.
    private const double Bulk = 0.75;

    // Tokens whose log-probabilities show what rounding does, where the server reports none.
    private const int Probes = 20;

    // Of a server that reports no log-probabilities and computes in few bits, a gap of ten times this is no tie.
    private const double Unseen = 0.05;

    private static readonly StateFormat[] Formats = [StateFormat.F32, StateFormat.F16, StateFormat.BF16];

    /// <summary>Learns the bound.</summary>
    public OracleBound Learn(IReadOnlyList<ForcedAnswer> answers)
    {
        ForcedAnswer[] probed = [.. answers.Select(Probed)];
        Dictionary<StateFormat, ForcedPosition[][]> readings = Formats.ToDictionary(format => format, format => read(format, probed));
        double rounding = Pairs(readings[StateFormat.F32], readings[StateFormat.F16]).Max();
        double most = roundsCachesOnly ? OracleBound.FormatMargin * rounding : NoiseFloor.LargestMove;
        (StateFormat Format, double[] Moves) nearest = Formats
            .Select(format => (format, Moves(answers, readings[format])))
            .MinBy(entry => Quantile(entry.Item2));
        return nearest.Moves.Length == 0
            ? new OracleBound(StateFormat.F16, roundsCachesOnly ? most : Unseen, roundsCachesOnly, 0, 0)
            : new OracleBound(
                nearest.Format, Math.Min(OracleBound.TailMargin * Quantile(nearest.Moves), most), roundsCachesOnly,
                nearest.Moves.Length, Quantile(nearest.Moves))
            {
                From = answers.Min(answer => answer.Prompt.Count),
            };
    }

    // In units of what the context adds.
    private double[] Moves(IReadOnlyList<ForcedAnswer> answers, ForcedPosition[][] readings)
    {
        var moves = new List<double>();
        for (int i = 0; i < answers.Count; i++)
            for (int n = 0; n < answers[i].Tokens.Count; n++)
                if (answers[i].Tokens[n].Candidates is { Count: > 0 } reported
                    && ForcedPosition.Move([.. reported.Select(c => c.LogProbability)], readings[i][n].Candidates) is { } move)
                    moves.Add(roundsCachesOnly ? move / OracleBound.Growth(answers[i].Prompt.Count + n) : move);
        moves.Sort();
        return [.. moves];
    }

    private static IEnumerable<double> Pairs(ForcedPosition[][] one, ForcedPosition[][] other) => one.Zip(other)
        .SelectMany(answer => answer.First.Zip(answer.Second))
        .Select(pair => ForcedPosition.Move(pair.First.Candidates, pair.Second.Candidates) ?? 0)
        .DefaultIfEmpty();

    private static double Quantile(double[] sorted) => sorted.Length == 0 ? 0 : sorted[(int)(Bulk * (sorted.Length - 1))];

    private static ForcedAnswer Probed(ForcedAnswer answer)
    {
        Candidate[] probes = [.. answer.Tokens.Select(token => token.Id!.Value).Concat(answer.Prompt).Distinct().Take(Probes)
            .Select(id => new Candidate(id, "", 0))];
        return answer with
        {
            Tokens = [.. answer.Tokens.Select(token => token.Candidates.Count > 0 ? token : token with { Candidates = probes })],
        };
    }
}
