using Gdn.Harness.Engines.Isolation;
using Gdn.Reference.Engines;
using Gdn.Reference.Kernels;
using Xunit;

namespace Gdn.Properties.Harness.Engines.Isolation;

/// <summary>Tolerances and schedules are made from declarations: none that is impossible gets that far.</summary>
public sealed class DeclarationsTests
{
    private const int Vocabulary = 256;

    public static TheoryData<KernelPrecision> Impossible { get; } =
    [
        KernelPrecision.AllF32 with { State = double.NaN },
        KernelPrecision.AllF32 with { Inputs = -1e-7 },
        KernelPrecision.AllF32 with { Accumulator = double.PositiveInfinity },
        KernelPrecision.AllF32 with { Chunk = 0 },
        KernelPrecision.AllF32 with { Quantization = new StateQuantization(0) },
        KernelPrecision.AllF32 with { Quantization = new StateQuantization(StateQuantization.Q8, -1) },
        KernelPrecision.AllF32 with { Rounding = (StateRounding)9 },
    ];

    public static TheoryData<EngineInfo> ImpossibleEngines { get; } =
    [
        new EngineInfo("e", Vocabulary - 1),
        new EngineInfo("e", Vocabulary) { Capabilities = null! },
        With(new EngineCapabilities { MaxBatchTokens = 0 }),
        With(new EngineCapabilities { MaxPositions = -1 }),
        With(new EngineCapabilities { RollbackDepth = int.MinValue }),
        With(new EngineCapabilities { UniformBatches = (BatchHandling)7 }),
    ];

    [Theory]
    [MemberData(nameof(Impossible))]
    public void Precision_Impossible_IsNamed(KernelPrecision precision) =>
        Assert.StartsWith("it declares ", Declarations.Problem(precision), StringComparison.Ordinal);

    [Fact]
    public void Precision_None_IsNamed() => Assert.Equal("it declares no precision", Declarations.Problem(null));

    [Theory]
    [MemberData(nameof(ImpossibleEngines))]
    public void Engine_Impossible_IsNamed(EngineInfo info) => Assert.NotNull(Declarations.Problem(info, Vocabulary));

    [Theory]
    [InlineData("f32,f32,f32,1")]
    [InlineData("q4/32@token,bf16,f32")]
    [InlineData("bf16@call,f16,f16,64")]
    public void Precision_Possible_IsTaken(string text) => Assert.Null(Declarations.Problem(KernelPrecision.Parse(text)));

    [Fact]
    public void Engine_Possible_IsTaken() => Assert.Null(Declarations.Problem(With(new EngineCapabilities
    {
        Rollback = RollbackSupport.None,
        RollbackDepth = 0,
        MaxBatchTokens = 1,
        MaxPositions = 1,
    }), Vocabulary));

    private static EngineInfo With(EngineCapabilities capabilities) => new("e", Vocabulary) { Capabilities = capabilities };
}
