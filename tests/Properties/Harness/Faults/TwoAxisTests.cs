using Gdn.Harness.Checks;
using Gdn.Harness.Checks.Attribution;
using Gdn.Harness.Engines;
using Gdn.Harness.Faults;
using Gdn.Harness.Models;
using Gdn.Harness.Schedules;
using Gdn.Reference.Models;
using Xunit;

namespace Gdn.Properties.Harness.Faults;

/// <summary>A two-axis fault is silent where either of its axes is missing, and shows where both are there.</summary>
public sealed class TwoAxisTests(TwoAxisTests.Models models) : IClassFixture<TwoAxisTests.Models>
{
    /// <summary>Linear layers before attention alone, and behind it too.</summary>
    public sealed class Models : IDisposable
    {
        private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("two-axis");

        public Models()
        {
            Usual = Made("before", SyntheticSizes.Small with { Layers = 3 });
            Behind = Made("behind", SyntheticSizes.Small with { FullAttentionInterval = 2 });
        }

        public LoadedModel Usual { get; }

        public LoadedModel Behind { get; }

        private LoadedModel Made(string name, SyntheticSizes sizes)
        {
            string path = Path.Combine(_folder.FullName, $"{name}.gguf");
            using (FileStream stream = File.Create(path)) SyntheticModel.Create(Architecture.Qwen35, sizes, seed: 1).Write(stream);
            return LoadedModel.Load(path);
        }

        public void Dispose() => _folder.Delete(recursive: true);
    }

    public static TheoryData<string> Ids => new(FaultCatalog.TwoAxis.Select(fault => fault.Id));

    public static TheoryData<string> IdsWithCause =>
        new(FaultCatalog.TwoAxis.Where(fault => fault.Cause != StateCause.None).Select(fault => fault.Id));

    [Fact]
    public void Catalog_EveryTwoAxisFault_HasAWitnessAndTwoAxes()
    {
        Assert.Equal(FaultCatalog.TwoAxis.Select(fault => fault.Id), TwoAxisWitness.All.Select(witness => witness.Id));
        Assert.All(FaultCatalog.TwoAxis, fault => Assert.Equal(2, fault.Axes.Count));
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void Witness_FaultShowsWhereBothAxesMeetAlone(string id)
    {
        TwoAxisWitness witness = WitnessOf(id);
        LoadedModel first = models.Usual, both = ModelOf(witness);
        Assert.Null(Differential(id, witness.WithoutFirst, first));
        Assert.Null(Differential(id, witness.WithoutSecond, both));
        Assert.NotNull(Differential(id, witness.Both, both));
        Assert.Null(Differential("none", witness.Both, both));
        Assert.True(witness.Both.Schedule.Slots >= FaultCatalog.Named(id).FromSlots);
    }

    [Theory]
    [MemberData(nameof(IdsWithCause))]
    public void Witness_FaultWithACause_IsNamed(string id)
    {
        TwoAxisWitness witness = WitnessOf(id);
        FindingCause? cause = FindingCause.Of(
            CaseOf(id, witness.Both, ModelOf(witness)), new DifferentialCheck(), CancellationToken.None);
        Assert.True(cause!.State.Names(FaultCatalog.Named(id).Cause), $"{id}: {cause.State}");
    }

    private static TwoAxisWitness WitnessOf(string id) => TwoAxisWitness.All.Single(witness => witness.Id == id);

    private LoadedModel ModelOf(TwoAxisWitness witness) => witness.NeedsLayerBehindAttention ? models.Behind : models.Usual;

    private static Discrepancy? Differential(string id, Script script, LoadedModel model) =>
        new DifferentialCheck().RunGuarded(CaseOf(id, script, model), CancellationToken.None).Discrepancy;

    private static ModelCase CaseOf(string id, Script script, LoadedModel model)
    {
        ScheduleTracker.Validate(script.Schedule, model.Limits(script.Schedule.Slots));
        return new ModelCase(script.Schedule, EngineCatalog.Parse($"cpu+fault:{id}"), model);
    }
}
