using Gdn.Harness.Checks;
using Gdn.Harness.Checks.Attribution;
using Gdn.Harness.Findings;
using Gdn.Harness.Models;
using Gdn.Harness.Reports;
using Gdn.Harness.Schedules;
using Gdn.Reference;
using Gdn.Reference.Engines;
using static System.FormattableString;

namespace Gdn.Harness.Campaigns;

/// <summary>A finding on a schedule again, on the same engine or another.</summary>
/// <param name="Path">The replay file's path.</param>
/// <param name="File">Its content.</param>
/// <param name="Engine">The engine.</param>
/// <param name="Model">The model of the finding.</param>
/// <param name="Schedule">A schedule that can be played on it.</param>
public sealed record ScheduleReplayCampaign(
    string Path, ReplayFile File, IEngineFactory Engine, LoadedModel Model, Schedule Schedule) : Campaign
{
    /// <summary>Reads the model and checks that the schedule can be played.</summary>
    /// <param name="path">The replay file's path.</param>
    /// <param name="file">Its content.</param>
    /// <param name="engine">The engine.</param>
    /// <param name="modelName">Where the model is; null for where the file says.</param>
    /// <exception cref="InputException">It is another model, or the schedule cannot be played on it.</exception>
    public static ScheduleReplayCampaign Of(string path, ReplayFile file, IEngineFactory engine, string? modelName)
    {
        LoadedModel model = LoadedModel.Load(modelName ?? file.Model!);
        if (model.Sha256 != file.ModelSha256)
            throw new InputException(
                $"{path}: modelSha256", $"'{model.Name}' is {model.Sha256[..12]}..., not {file.ModelSha256}",
                "name the model that the finding was made with, with --model");
        return new ScheduleReplayCampaign(path, file, engine, model, file.PlayableSchedule(path, model.Limits));
    }

    /// <summary>How often to run it, each time on new engines.</summary>
    public int Repeat { get; init; } = 1;

    /// <inheritdoc/>
    public override string Name => "replay";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Head =>
    [
        .. HeadOf(Engine.Name, Model, File.Seed), .. ScheduleText.Describe(Schedule).Select(step => $"  {step}"),
    ];

    /// <inheritdoc/>
    protected override Task<Part> PlayAsync(ICampaignProgress progress, CancellationToken cancellation)
    {
        progress.Begin(Name, Repeat);
        IModelCheck check = ModelChecks.Named(File.Check);
        var @case = new ModelCase(Schedule, Engine, Model);
        CheckOutcome outcome = check.RunGuarded(@case, cancellation);
        progress.Step();
        Repetition runs = new Repetition(0, 0, null).With(outcome);
        try
        {
            for (; runs.Runs < Repeat; progress.Step()) runs = runs.With(check.RunGuarded(@case.Again(), cancellation));
        }
        catch (OperationCanceledException)
        {
            // The runs so far count.
        }

        return Task.FromResult(
            new Part(Name, Part.VerdictOf(runs.Failed, runs.Runs == Repeat), Basis(runs, outcome.Rows))
            {
                Content = [CountersTable.Of(@case.Counters), .. JudgingNotes.Of(Engine, Model)],
                Findings = runs.First is { } first ? [FindingOf(runs, first, @case, check, cancellation)] : [],
            });
    }

    private string Basis(Repetition runs, int rows) => Repeat > 1 ? Invariant($"{runs.Failed} of {runs.Runs} runs fail")
        : runs.Failed > 0 ? "reproduced"
        : Invariant($"{rows} rows compared, none wrong");

    private Finding FindingOf(
        Repetition runs, Discrepancy first, ModelCase @case, IModelCheck check, CancellationToken cancellation)
    {
        FindingCause? cause = runs.IsCertain ? FindingCause.Of(@case, check, cancellation) : null;
        Finding finding = Finding.Of(System.IO.Path.GetFileNameWithoutExtension(Path), Engine.Name, first, cause) with
        {
            FailedRuns = runs.IsCertain ? null : runs.Failed,
            Runs = runs.IsCertain ? null : runs.Runs,
            ReplayPath = Path,
        };
        return finding with { Fingerprint = Fingerprint.Of(finding, Schedule) };
    }
}
