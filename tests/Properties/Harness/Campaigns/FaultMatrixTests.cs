using Gdn.Harness.Campaigns;
using Gdn.Harness.Checks;
using Gdn.Harness.Engines;
using Gdn.Harness.Faults;
using Gdn.Harness.Schedules;
using Gdn.Harness.Schedules.Generation;
using Gdn.Properties.Support;
using Xunit;

namespace Gdn.Properties.Harness.Campaigns;

/// <summary>The harness's own test: every planted fault is caught, no control is flagged, and the docs say which.</summary>
public class FaultMatrixTests
{
    private static readonly FaultMatrix Matrix = new(Seed: 1)
    {
        Schedules = 32,
        MaxSchedules = 640,
        TimeLimit = TimeSpan.MaxValue,
        Shrinks = false,
    };

    public static TheoryData<string> Faults => new(FaultCatalog.Faults.Select(fault => fault.Id));

    public static TheoryData<string> Controls => new(FaultCatalog.Benign.Select(fault => fault.Id));

    public static TheoryData<string> ConcurrentFaults =>
        new(FaultCatalog.Faults.Where(fault => fault.FromSlots > 1).Select(fault => fault.Id));

    [Theory]
    [MemberData(nameof(Faults))]
    public void Run_Fault_CaughtAndNotBelowItsSlots(string id)
    {
        FaultRow row = Matrix.Run(FaultCatalog.Named(id), isControl: false, CancellationToken.None);
        Assert.True(row.Problem is null, $"{id}: {row.Problem} after {row.Schedules} schedules; {row.Evidence}");
    }

    [Theory]
    [MemberData(nameof(Controls))]
    public void Run_Control_NotFlagged(string id)
    {
        FaultRow row = (Matrix with { Schedules = 192 }).Run(FaultCatalog.Named(id), isControl: true, CancellationToken.None);
        Assert.True(row.Problem is null, $"{id}: {row.Problem}; {row.Evidence}");
        Assert.Equal(192, row.Schedules);
    }

    [Theory]
    [MemberData(nameof(ConcurrentFaults))]
    public void Run_ConcurrentFault_ShowsWithItsSlotsAndNotWithFewer(string id)
    {
        Fault fault = FaultCatalog.Named(id);
        FaultMatrix few = Matrix with { Slots = [.. Enumerable.Range(1, fault.FromSlots - 1)], MaxSchedules = 32 };
        FaultRow below = few.Run(fault, isControl: false, CancellationToken.None);
        Assert.True(below.Hits.Count == 0, $"{id} at np {below.FromSlots}: {below.Evidence}");
        Assert.Equal("escaped", below.Problem);

        FaultRow enough = (Matrix with { Slots = [fault.FromSlots] }).Run(fault, isControl: false, CancellationToken.None);
        Assert.True(enough.Problem is null, $"{id} at np {fault.FromSlots}: {enough.Problem}; {enough.Evidence}");
    }

    // What lies in routing and plans goes wrong on every device, and is caught there.
    [Theory]
    [InlineData("stale-column-zero", false)]
    [InlineData("gr-shape-key", false)]
    [InlineData("padded-dummy-row", true)]
    public void Run_OnCuda_OnlyFaultsAreFlagged(string id, bool isControl)
    {
        FaultMatrix matrix = Matrix with { Engine = EngineCatalog.CudaOnCpu };
        FaultRow row = matrix.Run(FaultCatalog.Named(id), isControl, CancellationToken.None);
        Assert.True(row.Problem is null, $"{id}: {row.Problem}; {row.Evidence}");
    }

    // The seamed engine is no device.
    [Fact]
    public void Takes_OnCuda_TheFaultsOfTheBatchedEngine()
    {
        FaultMatrix matrix = Matrix with { Engine = EngineCatalog.CudaOnCpu };
        Assert.True(matrix.Takes(FaultCatalog.Named("gr-shape-key")));
        Assert.False(matrix.Takes(FaultCatalog.Named("gate-space")));
        Assert.True(Matrix.Takes(FaultCatalog.Named("gate-space")));
    }

    // Races are lost at random, and still the same way in every run: else a finding would not replay.
    [Fact]
    public void Create_Twice_EveryFaultGivesTheSameBits()
    {
        foreach (Fault fault in FaultCatalog.All)
        {
            using NamedEngine engine = EngineCatalog.Parse("cpu+fault:" + fault.Id);
            Schedule schedule = ScheduleGenerator.Generate(seed: 5, FaultMatrix.Model.Limits(4));
            var @case = new ModelCase(schedule, engine, FaultMatrix.Model);
            IReadOnlyList<LogitsRow> first = @case.RowsOf(schedule, CancellationToken.None);
            IReadOnlyList<LogitsRow> second = @case.RowsOf(schedule, CancellationToken.None);
            Assert.True(
                first.Zip(second).All(pair => pair.First.Logits.AsSpan().SequenceEqual(pair.Second.Logits)), fault.Id);
        }
    }

    [Fact]
    public void Summary_TwoAxisFaults_AreCountedApart()
    {
        var caught = new FaultRow(FaultCatalog.Faults[0], isControl: false);
        caught.Add(new FaultHit("differential", Case: 1, Seconds: 0), "evidence", slots: 1);
        FaultRow control = new(FaultCatalog.Benign[0], isControl: true), escaped = new(FaultCatalog.TwoAxis[0], isControl: false);
        Assert.Equal("1 of 1 faults caught, 0 of 1 controls flagged", $"{new FaultMatrixSummary([caught, control])}");
        Assert.Equal(
            "1 of 1 faults caught, 0 of 1 controls flagged. Two axes: 0 of 1 faults caught",
            $"{new FaultMatrixSummary([caught, escaped, control])}");
    }

    [Fact]
    public void Catalog_EveryId_OnceAndInTheDocs()
    {
        string[] ids = [.. FaultCatalog.All.Select(fault => fault.Id), .. FaultCatalog.Drafting.Select(fault => fault.Id)];
        Assert.Equal(ids.Length, ids.Distinct().Count());

        string[][] lines = [.. File.ReadLines(Repository.PathOf("docs", "fault-matrix.md"))
            .Where(line => line.StartsWith("| ", StringComparison.Ordinal))
            .Select(line => line.Trim('|', ' ').Split(" | "))];
        Assert.Equal(["fault", "np", .. FaultMatrixTable.Checks, "steps", "sequences", "cause"], lines[0]);
        Assert.Equal(ids, lines.Select(cells => cells[0]).Where(id => id is not ("fault" or "two-axis fault" or "control" or "---")));
        foreach (string[] cells in lines.Where(cells => FaultCatalog.Faults.Any(fault => fault.Id == cells[0])))
            Assert.True(cells[2..(2 + FaultMatrixTable.Checks.Count)].Any(cell => int.TryParse(cell, out _)), $"{cells[0]} is not caught in the docs");
    }
}
