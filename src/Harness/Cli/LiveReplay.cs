using System.CommandLine;
using Gdn.Harness.Bleed;
using Gdn.Harness.Clients;
using Gdn.Harness.Divergence;
using Gdn.Harness.Findings;
using Gdn.Harness.Reports;
using Gdn.Harness.Traffic;
using Gdn.Reference;
using Spectre.Console;

namespace Gdn.Harness.Cli;

/// <summary>Plays a dirty round again, on the same server or another.</summary>
internal static class LiveReplay
{
    private const int NoisePrompts = 4;

    public static async Task<int> RunAsync(
        string path, ReplayFile file, LiveRound round, ParseResult parsed, ServerArguments arguments, string? json,
        CancellationToken cancellation)
    {
        round.Validate(path);
        Uri address = arguments.AddressOf(parsed) ?? Address(path, file.Engine);
        using ICompletionClient server = await arguments.ConnectAsync(parsed, address, cancellation);
        Output.Console.WriteLine(
            $"replay: {server.Info.Name} at {address}, np {Output.Text(round.Slots)}, {round.Scenario.Name()}, "
            + $"{Output.Text(round.Requests.Count)} requests");
        var solo = new SoloAnswers(server);
        RoundResult result;
        try
        {
            NoiseFloor noise = await solo.MeasureNoiseAsync(
                [.. round.Requests.Take(NoisePrompts).Select(request => request.Prompt)],
                round.Requests.Max(request => request.MaxTokens), cancellation);
            result = await new RoundRunner(server, solo, noise).RunAsync(round, cancellation);
        }
        catch (BadAnswerException e)
        {
            result = RoundResult.Failed(round, e.Message);
        }

        foreach (Victim victim in result.Victims)
            foreach (string line in Evidence.Lines(round, victim)) Output.Console.WriteLine(line);
        (Verdict verdict, string reason) = result switch
        {
            { Victims.Count: > 0 } => (Verdict.Dirty, "it is there"),
            { Failure: { } failure } => (Verdict.Inconclusive, failure),
            { Undecided: [var first, ..] } => (Verdict.Inconclusive, first),
            { Idle: { } idle } => (Verdict.Inconclusive, idle),
            _ => (
                Verdict.Clean,
                $"{Output.Text(result.Rows)} positions compared, {Output.Text(result.Ties)} ties, all right"),
        };
        ReportFinding[] findings = result.Victims.Count == 0
            ? []
            : [new ReportFinding(Path.GetFileNameWithoutExtension(path), file.Check, Evidence.Summary(result), path)];
        return Output.Finish(new Report("replay", verdict, file.Seed, [], [], findings), json, reason);
    }

    private static Uri Address(string path, string engine) => engine.StartsWith(Evidence.ServerPrefix, StringComparison.Ordinal)
        ? ServerArguments.Address(engine[Evidence.ServerPrefix.Length..])
        : throw new InputException($"{path}: engine", $"'{engine}' is no server", "name one by --server");
}
