using Gdn.Harness.Campaigns;
using Gdn.Harness.Faults;
using Xunit;

namespace Gdn.Properties.Harness.Faults;

/// <summary>
/// Faults of a ring are caught by random schedules. The engine without a fault is clean, and
/// its results have the same bits however tokens are cut: EngineCatalogTests, RingEngineTests.
/// </summary>
public class RingFaultTests
{
    private static readonly FaultMatrix Matrix = new(Seed: 1)
    {
        Schedules = 32,
        MaxSchedules = 320,
        TimeLimit = TimeSpan.MaxValue,
        Shrinks = false,
    };

    public static TheoryData<string> Ids => new(FaultCatalog.Rings.Select(fault => fault.Id));

    [Theory]
    [MemberData(nameof(Ids))]
    public void Run_Fault_Caught(string id)
    {
        FaultRow row = Matrix.Run(FaultCatalog.Named(id), isControl: false, TestContext.Current.CancellationToken);

        Assert.True(row.Problem is null, $"{id}: {row.Problem} after {row.Schedules} schedules");
    }
}
