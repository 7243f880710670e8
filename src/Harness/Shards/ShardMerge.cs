using Gdn.Harness.Findings;
using Gdn.Harness.Reports;
using Gdn.Reference;
using static System.FormattableString;

namespace Gdn.Harness.Shards;

/// <summary>Makes one report of those of all shards. What a missing shard was to do has not been done: nothing passes for it.</summary>
internal sealed class ShardMerge
{
    private const int MostListed = 10;

    private static readonly TableOf<(ShardReport Shard, Part Part)> ByShard = new TableOf<(ShardReport Shard, Part Part)>("shards")
        .Right("shard", "shard", row => row.Shard.Index)
        .Left("verdict", "verdict", row => row.Part.Verdict)
        .Left("basis", "basis", row => row.Part.Basis)
        .Right("seconds", "seconds", row => row.Part.Duration.TotalSeconds, row => Invariant($"{row.Part.Duration.TotalSeconds:F1}"));

    private readonly ShardReport[] _shards;
    private readonly IReadOnlyList<string> _dead;

    private ShardMerge(ShardReport[] shards, IReadOnlyList<string> dead) => (_shards, _dead) = (shards, dead);

    /// <summary>The first shard: what it says of the campaign, all say.</summary>
    public ShardReport First => _shards[0];

    /// <summary>The parts of the campaign.</summary>
    public IReadOnlyList<Part> Parts
    {
        get
        {
            Finding[] findings = [.. Different()];
            Part[] parts = [.. _shards.SelectMany(shard => shard.Parts).DistinctBy(part => part.Name).Select(Merged)];
            // A report does not say which part a finding is of.
            int owner = Math.Max(0, Array.FindIndex(parts, part => part.Verdict == Verdict.Dirty));
            return [.. parts.Select((part, i) => i == owner ? part with { Findings = findings } : part)];
        }
    }

    /// <summary>What some shards left out.</summary>
    public IEnumerable<LeftOut> LeftOut => _shards.SelectMany(shard => shard.LeftOut).Distinct();

    /// <summary>Reads the reports.</summary>
    /// <exception cref="InputException">One is no report of a shard, is there twice, or is of another campaign; or none is there.</exception>
    public static ShardMerge Read(IReadOnlyList<string> paths)
    {
        (string Path, ShardReport? Report)[] read = [.. paths.Select(path => (path, ShardReport.Read(path)))];
        ShardReport[] shards = [.. read.Select(one => one.Report).OfType<ShardReport>().OrderBy(shard => shard.Index)];
        if (shards.Length == 0) throw new InputException(paths[0], "no shard has written its report", "look at what the jobs printed");
        foreach (ShardReport shard in shards.Skip(1)) MustBelong(shards[0], shard);
        foreach ((ShardReport first, ShardReport second) in shards.Zip(shards.Skip(1)))
            if (first.Index == second.Index)
                throw new InputException(second.Path, Invariant($"shard {second.Index} is in {first.Path} too"), "name each shard once");
        return new ShardMerge(shards, [.. read.Where(one => one.Report is null).Select(one => one.Path)]);
    }

    private static void MustBelong(ShardReport first, ShardReport other)
    {
        void Same<T>(string what, T a, T b)
        {
            if (!Equals(a, b))
                throw new InputException(
                    other.Path, $"its {what} is '{b}', that of {first.Path} '{a}'", "merge the shards of one campaign: same version, options, model and seed");
        }

        Same("number of shards", first.Count, other.Count);
        Same("version of the tool", first.Tool, other.Tool);
        Same("command", first.Command, other.Command);
        Same("command line", string.Join(' ', first.Arguments), string.Join(' ', other.Arguments));
        Same("seed", first.Seed, other.Seed);
        // Engine and models, with their hashes.
        foreach (Part part in first.Parts)
            if (other.Parts.FirstOrDefault(same => same.Name == part.Name) is { } same)
                Same($"run of {part.Name}", string.Join("; ", part.Head), string.Join("; ", same.Head));
    }

    private Part Merged(Part sample)
    {
        (ShardReport Shard, Part Part)[] rows =
            [.. _shards.SelectMany(shard => shard.Parts.Where(part => part.Name == sample.Name).Select(part => (shard, part)))];
        int[] missing = [.. Enumerable.Range(1, First.Count).Except(rows.Select(row => row.Shard.Index))];
        Verdict verdict = Part.VerdictOf([.. rows.Select(row => row.Part)]);
        if (missing.Length > 0 && verdict == Verdict.Clean) verdict = Verdict.Inconclusive;
        int clean = rows.Count(row => row.Part.Verdict == Verdict.Clean);
        string basis = Invariant($"{clean} of {First.Count} shards clean")
            + (missing.Length > 0 ? Invariant($", {missing.Length} not run: {Listed(missing)}") : "");
        return new Part(sample.Name, verdict, basis)
        {
            Head = sample.Head,
            Content =
            [
                .. _dead.Select(path => new Note($"{path}: the shard has not written its report", IsWarning: true)),
                ByShard.Of(rows.Where(row => row.Part.Verdict != Verdict.Clean)),
            ],
            Duration = rows.Aggregate(TimeSpan.Zero, (sum, row) => sum + row.Part.Duration),
        };
    }

    // The same finding in several shards is one.
    private IEnumerable<Finding> Different() =>
        from finding in _shards.SelectMany(shard => shard.Findings.Select(finding => (shard, finding)))
        group finding by finding.finding.Fingerprint ?? $"{finding.shard.Index}/{finding.finding.Id}" into same
        let first = same.First()
        let others = same.Skip(1).Sum(other => 1 + (other.finding.AlsoSeen ?? 0)) + (first.finding.AlsoSeen ?? 0)
        select first.finding with { Id = Invariant($"s{first.shard.Index}-{first.finding.Id}"), AlsoSeen = others > 0 ? others : null };

    private static string Listed(int[] missing) =>
        string.Join(", ", missing.Take(MostListed)) + (missing.Length > MostListed ? ", ..." : "");
}
