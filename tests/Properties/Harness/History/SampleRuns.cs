using Gdn.Harness.History;
using Gdn.Harness.Reports;

namespace Gdn.Properties.Harness.History;

/// <summary>Runs with one perplexity each.</summary>
internal static class SampleRuns
{
    private static readonly TableOf<double> Perplexity = new TableOf<double>("perplexity")
        .Data("engine", _ => "cpu").Left("path", "path", _ => "decode").Right("sequences", "n_seq", _ => 4)
        .Right("perplexity", "PPL", value => value);

    /// <summary>Name of the figure in the history.</summary>
    public const string Figure = "PPL, cpu, decode, 4";

    /// <summary>A run at some minute.</summary>
    public static HistoryRun At(int minute, double value = 2, string processor = "a processor", string model = "tiny") => HistoryRun.Of(
        ReportAt(minute, value, processor, model));

    /// <summary>Its report.</summary>
    public static Report ReportAt(int minute, double value = 2, string processor = "a processor", string model = "tiny") =>
        new("ppl", (ulong)minute, [new Part("perplexity", Verdict.Clean, "fine")
        {
            Head = [$"engine cpu, model {model} (sha256 0123), seed {minute}"],
            Content = [Perplexity.Of([value])],
        }])
        {
            Time = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).AddMinutes(minute),
            Commit = $"c{minute:D4}00000",
            Environment = RunEnvironment.Current with { Processor = processor },
        };
}
