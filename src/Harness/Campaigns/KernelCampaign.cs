using System.Globalization;
using Gdn.Harness.Engines;
using Gdn.Harness.Findings;
using Gdn.Harness.Kernels.Cases;
using Gdn.Harness.Reports;
using Gdn.Reference;
using Gdn.Reference.Kernels;
using static System.FormattableString;

namespace Gdn.Harness.Campaigns;

/// <summary>Cases of the delta rule alone: the production sweep, and random ones.</summary>
/// <param name="Engine">The engine whose kernel is judged.</param>
/// <param name="Cases">The cases.</param>
public sealed record KernelCampaign(NamedEngine Engine, KernelCaseRunner Cases) : Campaign
{
    private static readonly TableOf<KeyValuePair<InputRegime, RegimeSummary>> Rows =
        new TableOf<KeyValuePair<InputRegime, RegimeSummary>>("kernelCases")
            .Left("inputs", "inputs", row => KernelCase.NameOf(row.Key)).Pooled(rows => Invariant($"{rows.Count} kinds"))
            .Left("verdict", "verdict", row => Part.VerdictOf(row.Value.Failed, completed: true)).Pooled(_ => Verdict.Clean)
            .Right("cases", "cases", row => row.Value.Cases).Pooled(rows => rows.Sum(row => row.Value.Cases))
            .Right("dirty", "dirty", row => row.Value.Failed).Pooled(_ => 0)
            .Right("outputError", "output error / bound", row => row.Value.Use.Output, row => Ratio(row.Value.Use.Output), bound: 1)
            .Pooled(rows => Ratio(rows.Max(row => row.Value.Use.Output)))
            .Right("stateError", "state error / bound", row => row.Value.Use.State, row => Ratio(row.Value.Use.State), bound: 1)
            .Pooled(rows => Ratio(rows.Max(row => row.Value.Use.State)))
            .Right("baselineError", "error / baseline", row => row.Value.Use.Baseline, row => Ratio(row.Value.Use.Baseline), bound: 1)
            .Pooled(rows => Ratio(rows.Max(row => row.Value.Use.Baseline)));

    /// <inheritdoc/>
    public override string Name => "kernel cases";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Head =>
        [string.Create(CultureInfo.InvariantCulture, $"engine {Engine.Name}, seed {Cases.Seed}")];

    /// <inheritdoc/>
    protected override Task<Part> PlayAsync(ICampaignProgress progress, CancellationToken cancellation)
    {
        using IKernelEngine engine = Engine.CreateKernel();
        KernelCaseRunner cases = Cases.Under(Policy);
        KernelCaseResults result;
        try
        {
            result = cases.Run(engine, (_, _) => progress.Step(), count => progress.Begin(Name, count), cancellation);
        }
        catch (InputException e)
        {
            // It supports no shape: nothing is known about it.
            return Task.FromResult(new Part(Name, Verdict.Inconclusive, e.Message));
        }

        string basis = string.Create(
            CultureInfo.InvariantCulture,
            $"{result.Failed} of {result.Cases} kernel cases failed ({result.Covered.Production} were of production size)");
        var groups = new FindingGroups(Policy);
        foreach (Finding finding in KernelFindings.Of(
            result.Findings.Select(finding => finding with { Engine = Engine.Name }), Cases.Seed))
            groups.Add(finding);
        bool completed = groups.HasNew || (result.Failed < cases.MaxFailures && !cancellation.IsCancellationRequested);
        string ended = cancellation.IsCancellationRequested ? "interrupted" : "then stopped";
        return Task.FromResult(
            new Part(Name, Part.VerdictOf(groups.Findings, completed), completed ? basis : $"{basis}, {ended}")
            {
                // Of few cases, some kinds of inputs are not among them.
                Content = [Rows.Of(result.Regimes.Where(regime => regime.Value.Cases > 0)), .. Coverage(result.Covered)],
                Findings = groups.Findings,
            });
    }

    private static IEnumerable<Note> Coverage(KernelCoverage covered)
    {
        yield return new Note($"sizes tried: {covered.Ranges}");
        if (covered.Missing is { } missing) yield return new Note($"not supported, so not tried: {missing}");
    }

    private static string Ratio(double value) => NumberText.Ratio(value);
}
