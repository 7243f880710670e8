using Gdn.Harness.Checks;
using Gdn.Harness.Engines;
using Gdn.Properties.Support;
using Gdn.Reference;
using Gdn.Reference.Engines;
using Gdn.Reference.State;
using Xunit;

namespace Gdn.Properties.Harness.Checks;

/// <summary>What an engine declares is known before a schedule is made, from whatever way in.</summary>
public class DeclaredCapabilitiesTests
{
    private static readonly string Foreign = Path.Combine(AppContext.BaseDirectory, "foreign");

    private sealed class Counting(Func<IModelEngine> make) : IEngineFactory
    {
        public int Made { get; private set; }

        public string Name => "counting";

        public IModelEngine Create(EngineOptions options)
        {
            Made++;
            return make();
        }
    }

    [Theory]
    [InlineData("reference")]
    [InlineData("cpu+state:bf16")]
    public void Of_AnEngineOfTheTool_IsWhatItsInfoSays(string name)
    {
        using NamedEngine engine = EngineCatalog.Parse(name);
        using IModelEngine instance = engine.Create(SampleModels.Qwen35.Options(1, 1));
        Assert.Equal(instance.Info.Capabilities, DeclaredCapabilities.Of(engine, SampleModels.Qwen35));
        Assert.NotEqual(new EngineCapabilities(), instance.Info.Capabilities);
    }

    // Every field has its own value, so that one that gets lost on the way shows.
    [Fact]
    public void Of_AnAssembly_ArrivesThroughThePipe()
    {
        using NamedEngine engine = EngineCatalog.Parse($"assembly:{Path.Combine(Foreign, "Gdn.ForeignEngine.dll")}:Declaring");
        Assert.Equal(
            new EngineCapabilities
            {
                Rollback = RollbackSupport.OncePerBatch,
                RollbackDepth = 2,
                RollsBackWholeBatch = true,
                Copies = false,
                Snapshots = false,
                RaggedBatches = BatchHandling.Refused,
                InterleavedBatches = BatchHandling.OnePass,
                UniformBatches = BatchHandling.OnePass,
                MaxBatchTokens = 9,
                MaxPositions = 31,
                IsReproducible = false,
                IsCutInvariant = true,
                States = StateFormat.F16,
                Caches = StateFormat.BF16,
                PoisonsFreeSlots = true,
            },
            DeclaredCapabilities.Of(engine, SampleModels.Qwen35));
        using IModelEngine instance = engine.Create(SampleModels.Qwen35.Options(1, 1));
        Assert.Equal(
            new EngineCounters
            {
                Batches = 1,
                Tokens = 2,
                BatchedRuns = 3,
                InPlaceRuns = 4,
                SplitBatches = 5,
                Fallbacks = 6,
                PlanHits = 7,
                PlanMisses = 8,
            },
            instance.Counters);
    }

    [Fact]
    public void Of_TheSameEngineAndModel_AsksOnce()
    {
        var engine = new Counting(() => throw new InputException("here", "nothing works", "take another"));
        Assert.Equal(new EngineCapabilities(), DeclaredCapabilities.Of(engine, SampleModels.Qwen35));
        Assert.Equal(new EngineCapabilities(), DeclaredCapabilities.Of(engine, SampleModels.Qwen35));
        Assert.Equal(1, engine.Made);
    }

    [Fact]
    public void Of_AnEngineThatCannotBeLoaded_IsTheEnvironment() => Assert.Throws<EnvironmentException>(() =>
        DeclaredCapabilities.Of(
            new Counting(() => throw new EnvironmentException("here", "no library", "install one")), SampleModels.Qwen35));
}
