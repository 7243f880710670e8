using Gdn.Harness.Bleed;
using Gdn.Harness.Bleed.Oracle;
using Gdn.Harness.Clients;
using Gdn.Harness.Divergence;
using Gdn.Harness.Findings;
using Gdn.Harness.Reports;
using Gdn.Harness.Traffic;
using static System.FormattableString;

namespace Gdn.Harness.Campaigns;

/// <summary>A dirty round again, on the same server or another.</summary>
/// <param name="Path">The replay file's path.</param>
/// <param name="File">Its content.</param>
/// <param name="Round">The round, valid.</param>
/// <param name="Server">The server.</param>
public sealed record LiveReplayCampaign(string Path, ReplayFile File, LiveRound Round, ICompletionClient Server) : Campaign
{
    private const int NoisePrompts = 4;

    /// <summary>How often to run it.</summary>
    public int Repeat { get; init; } = 1;

    /// <summary>The served weights, for judging every answer against the reference; null without them.</summary>
    internal OracleModel? Served { get; init; }

    /// <summary>What a dirty round is explained by, if possible, where there are served weights.</summary>
    internal IReadOnlyList<Suspect> Suspects { get; init; } = PlantedSuspects.All;

    /// <summary>Why there are no weights although a model was named; null where there are, or none was.</summary>
    public string? NotServed { get; init; }

    /// <summary>About how many tokens are read where answers are judged against the reference.</summary>
    public static long TokensOf(LiveRound round, int repeat) =>
        2L * repeat * round.Requests.Sum(request => (request.Prompt.Tokens?.Count ?? 0) + request.MaxTokens);

    /// <inheritdoc/>
    public override string Name => "replay";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Head =>
    [
        Invariant($"{Server.Info.Name} at {Server.Info.Address}, np {Round.Slots}, {Round.Scenario.Name()}, ")
            + Invariant($"{Round.Requests.Count} requests"),
    ];

    /// <inheritdoc/>
    protected override async Task<Part> PlayAsync(ICampaignProgress progress, CancellationToken cancellation)
    {
        var solo = new SoloAnswers(Server);
        var results = new List<RoundResult>();
        using ReferenceOracle? oracle = Served is null ? null : new ReferenceOracle(Served);
        progress.Begin(Name, Repeat);
        try
        {
            Prompt[] prompts = [.. Round.Requests.Select(request => request.Prompt).DistinctBy(prompt => prompt.Key).Take(NoisePrompts)];
            int answer = Round.Requests.Max(request => request.MaxTokens);
            NoiseFloor noise = await solo.MeasureNoiseAsync(prompts, answer, cancellation);
            if (oracle is not null) await oracle.LearnAsync(Server, solo, prompts, answer, cancellation);
            Sentinels sentinels = await Sentinels.AmongAsync(solo, noise, prompts, answer, cancellation);
            // How the round asked has no say in how much the server's log-probabilities move.
            var runner = new RoundRunner(Server, new SoloAnswers(Server) { Candidates = Round.Candidates }, noise, sentinels, oracle);
            for (; results.Count < Repeat; progress.Step())
                results.Add(await runner.RunAsync(Round, cancellation) with { Number = results.Count + 1 });
        }
        catch (BadAnswerException e)
        {
            results.Add(RoundResult.Failed(Round, e.Message));
        }

        int dirty = results.Count(run => run.IsDirty);
        // One that shows the finding, or else one that failed.
        RoundResult result = results.Find(run => run.IsDirty)
            ?? results.Find(run => run.Failure is not null) ?? results[^1];
        if (Served is not null && result.IsDirty)
            result = PlantedSuspects.Explain([result], Served, Suspects, Server.Info.Slots, cancellation)[0];
        (Verdict verdict, string basis) = result switch
        {
            { IsDirty: true } => (Verdict.Dirty, "reproduced"),
            { Failure: { } failure } => (Verdict.Inconclusive, failure),
            { Undecided: [var first, ..] } => (Verdict.Inconclusive, first),
            { Idle: { } idle } => (Verdict.Inconclusive, idle),
            _ => (
                Verdict.Clean,
                Invariant($"not seen in {results.Count} {(results.Count == 1 ? "round" : "rounds")} ")
                + Invariant($"({results.Sum(run => run.Rows)} positions compared, {results.Sum(run => run.Ties)} ties); ")
                + "it may depend on what the server did before"
                + (Repeat == 1 ? ", and --repeat asks more often" : "")),
        };
        if (Repeat > 1 && verdict == Verdict.Dirty) basis = Invariant($"{dirty} of {results.Count} rounds show it");
        return new Part(Name, verdict, basis)
        {
            Content =
            [
                .. NotServed is { } reason
                    ? [new Note($"answers are not judged against the model: {reason}", IsWarning: Served is null)]
                    : (IEnumerable<Note>)[],
                .. oracle?.Bound is { } bound ? [new Note($"reference: {bound}")] : (IEnumerable<Note>)[],
            ],
            Findings = !result.IsDirty ? [] : [Evidence.Finding(result, Server.Info, File.Seed) with
            {
                Id = System.IO.Path.GetFileNameWithoutExtension(Path),
                ReplayPath = Path,
            }],
        };
    }
}
