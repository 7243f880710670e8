using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Gdn.Harness.Campaigns;
using Gdn.Harness.Checks;
using Gdn.Harness.Engines;
using Gdn.Harness.Engines.Native;
using Gdn.Harness.Findings;
using Gdn.Harness.Schedules;
using Gdn.Properties.Support;
using Gdn.Reference;
using Gdn.Reference.Batches;
using Gdn.Reference.Engines;
using Gdn.Reference.State;
using Xunit;

namespace Gdn.Properties.Harness.Engines.Native;

// What libraries declare since version 2 of the header, and that libraries of version 1 run as before.
public sealed unsafe partial class NativeModelTests : IDisposable
{
    private static uint AbiVersion = NativeEngine.AbiVersion;
    private static Func<NativeDescription, NativeDescription> Declare = description => description;
    private static Func<TokenBatch, bool> Takes = _ => true;

    public void Dispose()
    {
        AbiVersion = NativeEngine.AbiVersion;
        Declare = description => description;
        Takes = _ => true;
    }

    private static IEngineFactory Ours(params string[] without) => NativeEngine.Load(new NativeLibraryExports(
        "ours", function => without.Contains(function) ? 0 : AddressOf(function))).Models!;

    private static EngineCapabilities Capabilities()
    {
        using IModelEngine engine = Ours().Create(SampleModels.Qwen35.Options(1, 1));
        return engine.Info.Capabilities;
    }

    [Fact]
    public void Declare_Nothing_IsWhatIsUsual() => Assert.Equal(new EngineCapabilities(), Capabilities());

    [Fact]
    public void Declare_Everything_Arrives()
    {
        Declare = description => description with
        {
            StateFormat = 1,
            ModelFlags = NativeModelFlags.NoCopy | NativeModelFlags.NoSnapshot | NativeModelFlags.NotReproducible
                | NativeModelFlags.CutInvariant | NativeModelFlags.RollsBackWholeBatch | NativeModelFlags.PoisonsFreeSlots,
            Rollback = 1,
            RollbackDepth = 3,
            RaggedBatches = 1,
            InterleavedBatches = 2,
            UniformBatches = 1,
            MaxBatchTokens = 8,
            MaxPositions = 40,
            CacheFormat = 2,
        };
        Assert.Equal(
            new EngineCapabilities
            {
                Rollback = RollbackSupport.OncePerBatch,
                RollbackDepth = 3,
                RollsBackWholeBatch = true,
                Copies = false,
                Snapshots = false,
                RaggedBatches = BatchHandling.OnePass,
                InterleavedBatches = BatchHandling.Refused,
                UniformBatches = BatchHandling.OnePass,
                MaxBatchTokens = 8,
                MaxPositions = 40,
                IsReproducible = false,
                IsCutInvariant = true,
                States = StateFormat.F16,
                Caches = StateFormat.BF16,
                PoisonsFreeSlots = true,
            },
            Capabilities());
    }

    public static TheoryData<string, string> Impossible => new()
    {
        { "rollback", "rollback 9 is not GDN_ROLLBACK_REPEATED, GDN_ROLLBACK_ONCE or GDN_ROLLBACK_NONE" },
        { "depth", "rollback_depth -1 is negative" },
        { "flags", "model_flags 128 has unknown bits" },
        { "uniform", "uniform_batches cannot be GDN_BATCH_REFUSED" },
        { "caches", "cache_format 7 is not GDN_F32, GDN_F16 or GDN_BF16" },
        { "short", "its gdn_description has 36 bytes, not 40 or more" },
        { "token", "its gdn_token has 12 bytes, not 16 or more" },
    };

    [Theory]
    [MemberData(nameof(Impossible))]
    public void Declare_Impossible_OneLineSaysWhat(string what, string message)
    {
        Declare = description => what switch
        {
            "rollback" => description with { Rollback = 9 },
            "depth" => description with { RollbackDepth = -1 },
            "flags" => description with { ModelFlags = (NativeModelFlags)128 },
            "uniform" => description with { UniformBatches = 2 },
            "caches" => description with { CacheFormat = 7 },
            "short" => description with { StructSize = 36 },
            _ => description with { TokenSize = 12 },
        };
        Assert.Equal(
            $"ours: {message}; build it with the docs/gdn_engine.h of this version",
            Assert.Throws<InputException>(() => Ours()).Message);
    }

    // What lies behind the 40 bytes of version 1 is not the description's.
    [Fact]
    public void Version1_IsWhatItImplied()
    {
        AbiVersion = 1;
        Declare = description => description with { StructSize = 40, StateFormat = 2, ModelFlags = NativeModelFlags.NoCopy, MaxPositions = 3 };
        Assert.Equal(new EngineCapabilities { States = StateFormat.BF16 }, Capabilities());
    }

    [CCompilerFact]
    public void Version1_InC_DiffersInLogitsAlone()
    {
        using NamedEngine spec = EngineCatalog.Parse("native:" + NativeSources.BuildWithHeaderOf("version1", "model.c"));
        Assert.Equal(new EngineCapabilities(), DeclaredCapabilities.Of(spec, SampleModels.Qwen35));
        AnswersZerosAndIsElseRight(spec);
    }

    // Structures that have grown behind what this build knows.
    [Fact]
    public void LaterHeader_GivesTheSameBits()
    {
        Declare = description => description with
        {
            StructSize = description.StructSize + 16,
            ModelOptionsSize = description.ModelOptionsSize + 8,
            TokenSize = description.TokenSize + 8,
            CountersSize = description.CountersSize + 8,
        };
        SameBits.AsCpu(Ours());
    }

    [Fact]
    public void NoRollbackCopySnapshot_NoRagged_IsClean()
    {
        RestrictOurs();
        ScheduleResult result = Check(
            Ours("gdn_model_rollback", "gdn_model_copy", "gdn_model_snapshot", "gdn_model_restore", "gdn_snapshot_destroy"));
        Assert.True(result.Completed, string.Join("\n", result.Findings.Select(finding => finding.Summary)));
        Assert.True(result.Rows.Sum(row => row.Rows) > 300);
    }

    [Fact]
    public void RefusesRagged_WithoutSayingSo_IsAFinding()
    {
        RestrictOurs();
        Declare = description => description;
        Assert.Contains(
            Check(Ours()).Findings,
            finding => finding.Check == "play" && finding.Summary.Contains("the engine refuses it", StringComparison.Ordinal));
    }

    [CCompilerFact]
    public void InC_Little_IsAskedForNothingMore()
    {
        using NamedEngine spec = EngineCatalog.Parse("native:" + NativeSources.Build("model.c", "LITTLE"));
        using (IModelEngine engine = spec.Create(SampleModels.Qwen35.Options(1, 1)))
        {
            engine.Decode(new TokenBatch([new BatchToken(1, 0, 0, true)]), new float[256]);
            Assert.Equal(new EngineCounters { Batches = 1, Tokens = 1, InPlaceRuns = 7 }, engine.Counters);
        }

        AnswersZerosAndIsElseRight(spec);
    }

    [CCompilerFact]
    public void InC_RefusesACopyThatItDeclares_IsAFinding()
    {
        using NamedEngine spec = EngineCatalog.Parse("native:" + NativeSources.Build("model.c", "REFUSE_COPY"));
        var copy = new Schedule(2, 1, [new DecodeStep([new SequenceRun(0, [1])]), new CopyStep(0, 1)]);
        var options = new ScheduleOptions(spec, SampleModels.Qwen35, Seed: 6, Cases: 1, Slots: [2]) { Given = [copy] };
        Assert.Contains(
            new ScheduleCampaign(options).Run(null, CancellationToken.None).Findings,
            finding => finding.Check == "play" && finding.Summary.Contains("gdn_model_copy", StringComparison.Ordinal));
    }

    private static ScheduleResult Check(IEngineFactory engine, int cases = 16) => new ScheduleCampaign(
        new ScheduleOptions(engine, SampleModels.Qwen35, Seed: 6, cases, Slots: [1, 2, 3, 4])).Run(null, CancellationToken.None);

    // model.c computes nothing, and refuses nothing that is bad input.
    private static void AnswersZerosAndIsElseRight(NamedEngine spec)
    {
        IReadOnlyList<Finding> findings = Check(spec, cases: 8).Findings;
        Assert.Contains(findings, finding => finding.Check == "differential");
        Assert.All(
            findings.Where(finding => finding.Check != "differential"),
            finding => Assert.EndsWith("the engine accepted a batch that it must refuse", finding.Summary, StringComparison.Ordinal));
    }

    private static void RestrictOurs()
    {
        Declare = description => description with
        {
            ModelFlags = NativeModelFlags.NoCopy | NativeModelFlags.NoSnapshot,
            Rollback = 2,
            RaggedBatches = 2,
        };
        Takes = batch => SequenceDecomposition.Of(batch).IsUniform;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Counters(nint model, NativeCounters* counters)
    {
        EngineCounters ours = Model(model).Counters;
        *counters = new NativeCounters
        {
            BatchedRuns = ours.BatchedRuns,
            InPlaceRuns = ours.InPlaceRuns,
            SplitBatches = ours.SplitBatches,
            Fallbacks = ours.Fallbacks,
            PlanHits = ours.PlanHits,
            PlanMisses = ours.PlanMisses,
        };
        return 0;
    }
}
