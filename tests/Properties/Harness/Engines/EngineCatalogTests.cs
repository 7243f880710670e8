using Gdn.Harness.Campaigns;
using Gdn.Harness.Engines;
using Gdn.Harness.Engines.Reference;
using Gdn.Properties.Support;
using Gdn.Reference;
using Gdn.Reference.Engines;
using Gdn.Reference.State;
using Xunit;

namespace Gdn.Properties.Harness.Engines;

public class EngineCatalogTests
{
    // Says that it keeps everything in single precision, and keeps states or caches in 16 bits.
    private sealed class Undeclared(IEngineFactory actual) : IEngineFactory
    {
        public string Name => "undeclared";

        public IModelEngine Create(EngineOptions options) => new Engine(actual.Create(options));

        private sealed class Engine(IModelEngine inner) : ForwardingEngine(inner)
        {
            public override EngineInfo Info =>
                base.Info with { Capabilities = base.Info.Capabilities with { States = StateFormat.F32, Caches = StateFormat.F32 } };
        }
    }

    [Theory]
    [InlineData("reference", StateFormat.F32)]
    [InlineData("cpu", StateFormat.F32)]
    [InlineData("cpu+threads:2", StateFormat.F32)]
    [InlineData("cpu+split:2+fault:gr-shape-key", StateFormat.F32)]
    [InlineData("cpu+ring:16+threads:2", StateFormat.F32)]
    [InlineData("cpu+state:bf16", StateFormat.BF16)]
    [InlineData("cpu+threads:2+state:f16+split:2", StateFormat.F16)]
    public void Parse_Variants_DeclareTheirStates(string name, StateFormat expected)
    {
        var spec = EngineCatalog.Parse(name);
        using IModelEngine engine = spec.Create(SampleModels.Qwen35.Options(2, 2));
        Assert.Equal((name, expected), (engine.Info.Name, engine.Info.Capabilities.States));
    }

    [Theory]
    [InlineData("gpu", "engine 'gpu': it does not exist; ")]
    [InlineData("reference+threads:2", "engine 'reference+threads:2': it does not exist; ")]
    [InlineData("cpu+", "engine 'cpu+': '+' is not one of its variants; ")]
    [InlineData("cpu+state:bf8", "engine 'cpu+state:bf8': '+state:bf8' is not one of its variants; ")]
    [InlineData("cpu+ring:0", "engine 'cpu+ring:0': '+ring:0' is not one of its variants; ")]
    [InlineData("cpu+ring:33", "engine 'cpu+ring:33': '+ring:33' is not one of its variants; ")]
    [InlineData("cpu+threads:0", "engine 'cpu+threads:0': '+threads:0' is not one of its variants; ")]
    [InlineData("cpu+split:2+threads:x", "engine 'cpu+split:2+threads:x': '+threads:x' is not one of its variants; ")]
    [InlineData("cpu+fault:no", "fault 'no': it does not exist; ")]
    public void Parse_NoSuchEngine_SaysWhat(string name, string message) =>
        Assert.StartsWith(message, Assert.Throws<InputException>(() => EngineCatalog.Parse(name)).Message);

    [Theory]
    [InlineData("cpu+state:bf16")]
    [InlineData("cpu+state:f16+threads:2")]
    [InlineData("cpu+split:2+threads:2")]
    [InlineData("cpu+cache:f16")]
    [InlineData("cpu+ring:4+cache:bf16")]
    public void Check_HonestVariant_IsClean(string name)
    {
        ScheduleResult result = Check(EngineCatalog.Parse(name));
        Assert.Empty(result.Findings.Select(finding => finding.Id));
        Assert.True(result.Rows.Sum(row => row.Rows) > 250);
    }

    // The same engine, judged as what it does not say.
    [Theory]
    [InlineData("cpu+state:bf16")]
    [InlineData("cpu+state:f16")]
    [InlineData("cpu+cache:bf16")]
    public void Check_UndeclaredRounding_IsFound(string name) => Assert.Contains(
        Check(new Undeclared(EngineCatalog.Parse(name))).Findings, finding => finding.Id.StartsWith("differential", StringComparison.Ordinal));

    [Theory]
    [InlineData(StateFormat.F16)]
    [InlineData(StateFormat.BF16)]
    public void Check_RoundedCaches_AreCleanWhereDeclared(StateFormat format)
    {
        var engine = new RoundedCaches(format);
        Assert.Empty(Check(engine).Findings.Select(finding => finding.Summary));
        Assert.Contains(
            Check(new Undeclared(engine)).Findings,
            finding => finding.Id.StartsWith("differential", StringComparison.Ordinal));
    }

    private sealed class RoundedCaches(StateFormat format) : IEngineFactory
    {
        public string Name => "rounded";

        public IModelEngine Create(EngineOptions options) => new ReferenceModelEngine(options, format);
    }

    private static ScheduleResult Check(IEngineFactory engine) => new ScheduleCampaign(
        new ScheduleOptions(engine, SampleModels.Qwen35, Seed: 7, Cases: 16, Slots: [1, 2, 3, 5])).Run(null, CancellationToken.None);
}
