using System.Globalization;
using Gdn.Reference;

namespace Gdn.Harness.Perplexity;

/// <summary>A llama-perplexity program of the user's: of llama.cpp or of ik_llama.cpp.</summary>
/// <param name="Path">Path of the program.</param>
/// <param name="Arguments">Arguments of the user's own, added to those of each run.</param>
public sealed record PerplexityTool(string Path, IReadOnlyList<string> Arguments)
{
    // llama.cpp at times ends with exit code 0 and without the last of its output.
    private const int Tries = 3;

    /// <summary>Scores a text with so many sequences in a batch.</summary>
    /// <param name="model">Path of the model.</param>
    /// <param name="text">Path of the text.</param>
    /// <param name="context">Tokens of a chunk.</param>
    /// <param name="chunks">At most so many.</param>
    /// <param name="sequences">n_seq.</param>
    /// <param name="cancellation">Ends the program.</param>
    /// <exception cref="EnvironmentException">It cannot be started, fails, or prints something else.</exception>
    public async Task<PerplexityToolOutput> RunAsync(
        string model, string text, int context, int chunks, int sequences, CancellationToken cancellation)
    {
        PerplexityToolOutput? output = null;
        for (int i = 0; i < Tries && output is not { IsComplete: true }; i++)
            output = PerplexityToolOutput.Parse(Path, await PrintedAsync(model, text, context, chunks, sequences, cancellation));
        return output!;
    }

    private Task<string> PrintedAsync(
        string model, string text, int context, int chunks, int sequences, CancellationToken cancellation)
    {
        string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
        string batch = Number(context * sequences);
        return ToolProgram.RunAsync(
            Path, ["-m", model, "-f", text, "-c", Number(context), "-b", batch, "-ub", batch, "--chunks", Number(chunks), .. Arguments],
            cancellation);
    }
}
