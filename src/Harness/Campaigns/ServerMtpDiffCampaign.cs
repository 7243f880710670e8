using System.Globalization;
using Gdn.Harness.Clients;
using Gdn.Harness.Divergence;
using Gdn.Harness.Findings;
using Gdn.Harness.Metrics;
using Gdn.Harness.MtpDiff;
using Gdn.Harness.MtpDiff.Servers;
using Gdn.Harness.Reports;
using Gdn.Reference;
using static System.FormattableString;

namespace Gdn.Harness.Campaigns;

/// <summary>Answers of a server with drafts against those without, or against another server's.</summary>
/// <param name="Options">What to compare.</param>
internal sealed record ServerMtpDiffCampaign(ServerMtpDiffOptions Options) : Campaign
{
    /// <inheritdoc/>
    public override string Name => $"mtp-diff, {Options.Server.Info.Address}";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Head =>
    [
        Describe(Options.Server.Info) + (Options.Against is { } other ? $", against {Describe(other.Info)}" : ""),
        Invariant($"{Options.Prompts.Count} prompts, np {Options.Np}, {Options.Tokens} tokens, seed {Options.Seed}"),
    ];

    /// <inheritdoc/>
    protected override async Task<Part> PlayAsync(ICampaignProgress progress, CancellationToken cancellation)
    {
        var comparison = new ServerComparison(Options);
        Exception? failure = null;
        progress.Begin(Name, comparison.Servers.Count * (2 + 2 * (2 + Options.Drafts.Count)));
        try
        {
            await comparison.RunAsync(progress.Step, cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Interrupted: what was found so far is the result.
        }
        catch (Exception e) when (e is EnvironmentException or BadAnswerException)
        {
            failure = e;
        }

        return comparison is { WasOn: false } && failure is null && !cancellation.IsCancellationRequested
            ? Part.NotRun(Name, NotOn(comparison))
            : PartOf(comparison, failure);
    }

    private Part PartOf(ServerComparison comparison, Exception? failure)
    {
        JudgedCompletion[] answers = [.. comparison.Servers.SelectMany(server => server.Results).SelectMany(result => result.Answers)];
        int Count(Outcome outcome) => answers.Count(answer => answer.Judgement.Outcome == outcome);
        Finding[] findings = [.. comparison.Servers.Select(FindingOf).OfType<Finding>()];
        string? doubt = failure is null ? DoubtOf(comparison, answers) : failure.Message;
        string basis = Invariant($"{Count(Outcome.Corrupt)} of {answers.Length} answers corrupt, {Count(Outcome.Tie)} near-ties; ")
            + string.Join(", ", comparison.Servers.Where(server => server.Drafts).Select(server =>
                Invariant($"{Prefix(server)}{server.Results.Sum(result => result.Accepted)} of {server.Results.Sum(result => result.Drafted)} drafts accepted")))
            + Invariant($"; a rate of {BinomialRate.Percent(BinomialRate.Detectable(answers.Length))} would have shown")
            + (doubt is null ? "" : $"; {doubt}");
        return new Part(Name, Part.VerdictOf(findings, completed: doubt is null), basis)
        {
            Content = [.. TablesOf(comparison), .. NotesOf(comparison)],
            Findings = findings,
            Failure = failure,
        };
    }

    // What keeps a run without corrupt answers from being clean.
    private static string? DoubtOf(ServerComparison comparison, JudgedCompletion[] answers)
    {
        if (!comparison.IsComplete) return "interrupted";
        ComparedServer server = comparison.Servers[0];
        if (server.Results.All(result => !result.TellsAccepted)) return "the server does not tell whether it rejects drafts";
        if (server.Results.All(result => result.Accepted >= result.Drafted)) return "nothing was rejected: rollbacks were not tested";
        if (comparison.Noise is { IsExcessive: true } noise)
            return Invariant($"without drafts, the server moves its own log-probabilities by up to {noise.Largest:G2} nats");
        return answers.FirstOrDefault(answer => answer.Judgement.Outcome == Outcome.Undecided)?.Judgement.Reason;
    }

    private static string NotOn(ServerComparison comparison)
    {
        ComparedServer server = comparison.Servers[0];
        return $"drafting was not on: {server.Name ?? "the server"} reports no drafted tokens, neither with its answers "
            + "(timings.draft_n) nor at /metrics"
            + (comparison.Servers.Any(other => other.Drafts) ? "; the other server drafts: exchange --server and --against" : "");
    }

    private static IEnumerable<Note> NotesOf(ServerComparison comparison)
    {
        foreach (ComparedServer server in comparison.Servers)
        {
            yield return new Note($"{Prefix(server)}without drafts: {server.WayInWords}");
            ServedArmResult[] wrong = [.. server.Results.Where(result => result.Outcome == Outcome.Corrupt)];
            if (wrong.Any(result => result.Arm.Drafts == 0))
                yield return new Note(
                    $"{Prefix(server)}wrong without drafts: the servers differ by more than drafts, or what is asked side by side mixes (see bleed)",
                    IsWarning: true);
            else if (RollbackDepth.Diagnose(wrong.SelectMany(result => result.Answers)) is { } depth)
                yield return new Note($"{Prefix(server)}depth: {depth}", IsWarning: true);
        }

        if (comparison.Noise is { } noise)
            yield return new Note(
                Invariant($"noise without drafts: log-probabilities move by {noise.Median:G2} nats (median), at most {noise.Largest:G2}, ")
                + Invariant($"over {noise.Rows} positions"));
    }

    private IEnumerable<Table> TablesOf(ServerComparison comparison)
    {
        if (comparison.Plain.Count < Options.Prompts.Count) yield break;
        string[] plain = [.. comparison.Plain.Select(Hash)];
        (ComparedServer Server, ServedArmResult Result, ArmRow Row)[] arms = [.. comparison.Servers.SelectMany(server => server.Results.Select(
            result => (server, result, result.ToRow(server.Results[0].TokensPerSecond, server))))];
        yield return ComparisonTables.Grid(
            [.. Options.Prompts.Select(prompt => prompt.Name)], plain,
            arms.Select(arm => (Invariant($"{Prefix(arm.Server)}{arm.Result.Arm.Name}, np {arm.Result.Arm.Np}"), MarksOf(arm.Result, plain))));
        yield return ComparisonTables.Arms([.. arms.Select(arm => arm.Row)]);
        yield return ComparisonTables.Acceptance(arms.Where(arm => arm.Result.Arm.Drafts is null).Select(arm => arm.Row));
        DivergenceRow[] divergences = [.. arms.Select(arm => Worst(arm.Server, arm.Result)).OfType<DivergenceRow>()];
        if (divergences.Length > 0) yield return ComparisonTables.Divergences(divergences);
    }

    private static IReadOnlyList<string> MarksOf(ServedArmResult result, string[] plain) =>
        [.. result.Answers.Zip(plain, (answer, hash) => ComparisonTables.Mark(answer.Judgement.Outcome, Hash(answer.Completion), hash))];

    private DivergenceRow? Worst(ComparedServer server, ServedArmResult result)
    {
        (int index, JudgedCompletion worst) = result.Answers.Index().MaxBy(answer => answer.Item.Judgement.Outcome);
        if (worst.Judgement.Outcome == Outcome.Same) return null;
        DivergencePoint? at = worst.Judgement.At;
        return new DivergenceRow(
            Options.Prompts[index].Name, Prefix(server) + result.Arm.FullName, worst.Judgement.Outcome, at?.Position, at?.Gap, at?.Z,
            Marked(worst.Plain, at), Marked(worst.Completion, at));
    }

    // The plainest arm that is wrong.
    private Finding? FindingOf(ComparedServer server)
    {
        if (server.Results.FirstOrDefault(result => result.Outcome == Outcome.Corrupt) is not { } arm) return null;
        (int index, JudgedCompletion answer) = arm.Answers.Index().First(answer => answer.Item.Judgement.Outcome == Outcome.Corrupt);
        DivergencePoint? at = answer.Judgement.At;
        string? depth = arm.Arm.Drafts == 0
            ? null
            : RollbackDepth.Diagnose(server.Results.Where(result => result.Outcome == Outcome.Corrupt).SelectMany(result => result.Answers));
        return new FindingGroups(Policy).Add(new Finding(
            Invariant($"speculation-{Options.Seed:x}"), "speculation", ReplayFile.ServerPrefix + server.Client.Info.Address)
        {
            Fingerprint = Fingerprint.Of("speculation", arm.Arm.Drafts == 0 ? "without drafts" : "with drafts"),
            Np = arm.Arm.Np,
            Scenario = "speculation",
            Position = at?.Position,
            ExpectedToken = at?.Expected,
            ActualToken = at?.Actual,
            Detail = $"{arm.Arm.FullName}: {answer.Judgement.Reason}" + (depth is null ? "" : $"; {depth}"),
            Steps =
            [
                $"prompt: {Options.Prompts[index].Text.ReplaceLineEndings("\\n")}", $"without drafts: {Marked(answer.Plain, at)}",
                $"with drafts:    {Marked(answer.Completion, at)}",
            ],
        });
    }

    private static string Marked(Completion answer, DivergencePoint? at) => DivergenceRow.Marked(
        answer.Tokens, at?.Position, tokens => string.Concat(tokens.Select(token => token.Text.Length > 0 ? token.Text : $"<{token.Id}>")));

    private static string Hash(Completion answer) =>
        ComparisonTables.Hash(answer.Tokens.Select(token => token.Id?.ToString(CultureInfo.InvariantCulture) ?? token.Text));

    private static string Prefix(ComparedServer server) => server.Name is null ? "" : $"{server.Name}: ";

    private static string Describe(ServerInfo server) => $"{server.Name}, model {server.Model ?? "not reported"}";
}
