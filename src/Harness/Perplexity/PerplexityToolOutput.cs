using System.Globalization;
using System.Text.RegularExpressions;
using Gdn.Reference;

namespace Gdn.Harness.Perplexity;

/// <summary>What llama-perplexity of llama.cpp or ik_llama.cpp printed.</summary>
/// <remarks>
/// The forks put the same lines on different streams, and llama.cpp puts its last one behind an unfinished other; so both streams are
/// read together, and lines are found wherever they stand. llama.cpp at times ends without its last lines although all went well.
/// </remarks>
public sealed partial class PerplexityToolOutput
{
    private const int ShownOfStrangeOutput = 120;

    private PerplexityToolOutput(int chunks, int context, int sequences, IReadOnlyList<double> running)
    {
        (Chunks, Context, Sequences, Running) = (chunks, context, sequences, running);
    }

    /// <summary>Chunks that it set out to score.</summary>
    public int Chunks { get; }

    /// <summary>n_ctx that really was in force.</summary>
    public int Context { get; }

    /// <summary>n_seq that really was in force.</summary>
    public int Sequences { get; }

    /// <summary>The perplexity after each chunk; NaN where it was no number.</summary>
    public IReadOnlyList<double> Running { get; }

    /// <summary>The perplexity that it states at the end, and its error; null where that line is missing.</summary>
    public (double Value, double Error)? Final { get; private init; }

    /// <summary>Lines that say that something was run in another way than asked for, each once.</summary>
    public IReadOnlyList<string> Fallbacks { get; private init; } = [];

    /// <summary>Whether every chunk's value was printed.</summary>
    public bool IsComplete => Running.Count == Chunks;

    /// <summary>
    /// Mean negative log-likelihood of each chunk, in nats per token, from the running values. They have four decimals: the mean over all
    /// chunks is as good as the last of them, single chunks are less so.
    /// </summary>
    public double[] ByChunk()
    {
        var means = new double[Running.Count];
        double before = 0;
        for (int k = 0; k < means.Length; k++)
        {
            double sum = (k + 1) * Math.Log(Running[k]);
            means[k] = sum - before;
            before = sum;
        }

        return means;
    }

    /// <summary>Reads what was printed.</summary>
    /// <param name="tool">Name of the tool, for errors.</param>
    /// <param name="output">Standard output and standard error, in any order.</param>
    /// <exception cref="EnvironmentException">It is not what llama-perplexity prints.</exception>
    public static PerplexityToolOutput Parse(string tool, string output)
    {
        Match start = Start().Match(output);
        if (!start.Success) throw Strange(tool, $"it does not print what llama-perplexity does; {LastLine(output)}");
        var running = new List<double>();
        foreach (Match value in Value().Matches(output))
        {
            if (Number(tool, value.Groups["chunk"].Value) != running.Count + 1)
                throw Strange(tool, $"it prints {value.Value} in place of the value of chunk {running.Count + 1}");
            running.Add(Perplexity(tool, value.Groups["value"].Value));
        }

        int chunks = Number(tool, start.Groups["chunks"].Value);
        Match match = FinalEstimate().Match(output);
        (double Value, double Error)? final = match.Success
            ? (Perplexity(tool, match.Groups["value"].Value), Perplexity(tool, match.Groups["error"].Value))
            : null;
        // The final value is that of the last chunk.
        if (final is { } last && running.Count == chunks - 1) running.Add(last.Value);
        return new PerplexityToolOutput(
            chunks, Number(tool, start.Groups["context"].Value), Number(tool, start.Groups["sequences"].Value), running)
        {
            Final = final,
            Fallbacks = [.. FallbackLine().Matches(output).Select(line => line.Value.Trim()).Distinct()],
        };
    }

    private static int Number(string tool, string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value)
            ? value
            : throw Strange(tool, $"it prints {text}, which is no number of chunks or tokens");

    private static double Perplexity(string tool, string text) => text switch
    {
        "nan" or "-nan" => double.NaN,
        "inf" => double.PositiveInfinity,
        _ when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) => value,
        _ => throw Strange(tool, $"it prints {text}, which is no perplexity"),
    };

    private static EnvironmentException Strange(string tool, string problem) =>
        new(tool, problem, "name llama-perplexity of llama.cpp or ik_llama.cpp, and run it by hand to see what it says");

    private static string LastLine(string output)
    {
        string last = output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault() ?? "";
        return last.Length == 0 ? "it printed nothing" : $"its last line is: {last[..Math.Min(last.Length, ShownOfStrangeOutput)]}";
    }

    [GeneratedRegex(@"calculating perplexity over (?<chunks>\d+) chunks, n_ctx=(?<context>\d+), batch_size=\d+, n_seq=(?<sequences>\d+)")]
    private static partial Regex Start();

    [GeneratedRegex(@"\[(?<chunk>\d+)\](?<value>-?nan|inf|[0-9.eE+-]+),")]
    private static partial Regex Value();

    [GeneratedRegex(@"Final estimate: PPL(?: over \d+ chunks for n_ctx=\d+)? = (?<value>\S+) \+/- (?<error>\S+)")]
    private static partial Regex FinalEstimate();

    [GeneratedRegex(@"[^\n]*\b(falling back|fall-?back)\b[^\n]*", RegexOptions.IgnoreCase)]
    private static partial Regex FallbackLine();
}
