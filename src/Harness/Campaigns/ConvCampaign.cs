using System.Diagnostics;
using System.Globalization;
using Gdn.Harness.Engines;
using Gdn.Harness.Findings;
using Gdn.Harness.Kernels.Cases;
using Gdn.Harness.Kernels.Checks;
using Gdn.Harness.Reports;
using Gdn.Reference.Kernels;

namespace Gdn.Harness.Campaigns;

/// <summary>Random cases of the convolution alone.</summary>
/// <param name="Engine">The engine whose convolution is judged.</param>
/// <param name="Cases">How many cases, their seed, shard and time: those of the kernel cases.</param>
public sealed record ConvCampaign(NamedEngine Engine, KernelCaseRunner Cases) : Campaign
{
    // Reached only where calls hang.
    private static readonly TimeSpan MostForShrinking = TimeSpan.FromMinutes(1);

    private static readonly TableOf<Summary> Rows = new TableOf<Summary>("convCases")
        .Right("cases", "cases", row => row.Cases)
        .Right("dirty", "dirty", row => row.Failed)
        .Right(
            "outputError", "output error / bound", row => row.Use,
            row => row.Use.ToString("F3", CultureInfo.InvariantCulture));

    /// <inheritdoc/>
    public override string Name => "conv cases";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Head =>
        [string.Create(CultureInfo.InvariantCulture, $"engine {Engine.Name}, seed {Cases.Seed}")];

    /// <inheritdoc/>
    protected override Task<Part> PlayAsync(ICampaignProgress progress, CancellationToken cancellation)
    {
        using IConvEngine engine = Engine.CreateConv();
        progress.Begin(Name, Cases.Cases == int.MaxValue ? null : Cases.Cases / Cases.Shards);
        var groups = new FindingGroups(Policy);
        KernelCaseRunner cases = Cases.Under(Policy);
        var summary = new Summary(0, 0, 0);
        var watch = Stopwatch.StartNew();
        try
        {
            for (long i = Cases.Shard; i < Cases.Cases && summary.Failed < cases.MaxFailures; i += Cases.Shards)
            {
                if (cancellation.IsCancellationRequested || watch.Elapsed > Cases.TimeLimit) break;
                ConvCase @case = ConvCaseSampler.Draw(engine, Cases.Seed, (int)i);
                (IReadOnlyList<ConvFinding> found, double use) = ConvCheck.Run(engine, @case);
                if (found.Count > 0) groups.Add(Shrunk(engine, @case, found, Cases.TimeLimit - watch.Elapsed));
                summary = new Summary(summary.Cases + 1, summary.Failed + (found.Count > 0 ? 1 : 0), Math.Max(summary.Use, use));
                progress.Step();
            }
        }
        catch (OperationCanceledException)
        {
            // In the middle of a call of a foreign engine.
        }

        bool completed = groups.HasNew || (summary.Failed < cases.MaxFailures && !cancellation.IsCancellationRequested);
        string ended = cancellation.IsCancellationRequested ? ", interrupted" : ", then stopped";
        string basis = string.Create(
            CultureInfo.InvariantCulture, $"{summary.Failed} of {summary.Cases} conv cases failed{(completed ? "" : ended)}");
        return Task.FromResult(new Part(Name, Part.VerdictOf(groups.Findings, completed), basis)
        {
            Content = [Rows.Of([summary])],
            Findings = groups.Findings,
        });
    }

    // What the smallest case shows that violates one of the same properties.
    private Finding Shrunk(IConvEngine engine, ConvCase @case, IReadOnlyList<ConvFinding> findings, TimeSpan? left)
    {
        TimeSpan limit = ShrinkingTime.Of(left, MostForShrinking);
        KernelProperty[] properties = [.. findings.Select(finding => finding.Property)];
        var watch = Stopwatch.StartNew();
        ConvShrinker.Shrink(engine, @case, candidate =>
        {
            if (watch.Elapsed > limit) return false;
            IReadOnlyList<ConvFinding> found = ConvCheck.Run(engine, candidate).Findings;
            bool fails = found.Any(finding => properties.Contains(finding.Property));
            if (fails) findings = found;
            return fails;
        });
        return ConvFindings.OfCase(Engine.Name, findings, Cases.Seed);
    }

    private readonly record struct Summary(int Cases, int Failed, double Use);
}
