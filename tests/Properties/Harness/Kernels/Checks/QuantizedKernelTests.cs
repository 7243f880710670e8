using Gdn.Harness.Campaigns;
using Gdn.Harness.Kernels.Cases;
using Gdn.Harness.Kernels.Checks;
using Gdn.Reference.Kernels;
using Gdn.Reference.State;
using Xunit;
using static Gdn.Properties.Harness.Kernels.Checks.QuantizedKernel;

namespace Gdn.Properties.Harness.Kernels.Checks;

/// <summary>Kernels whose states are kept in 8 or 4 bits, or rounded at a declared time: right ones pass, wrong ones do not.</summary>
public class QuantizedKernelTests
{
    private static readonly QuantizedKernel[] Honest =
    [
        new("8 bits, row", Declared("q8"), Symmetric(127, away: true)),
        new("8 bits, row, rounded on entry", Declared("q8"), Symmetric(127)) { RoundsOnEntry = true },
        new("8 bits, 32, half scale", Declared("q8/32@token"), Symmetric(127, half: true)) { RoundsOnEntry = true },
        new("8 bits, 24, along keys", AlongKeys("q8/24@token"), Symmetric(127, half: true, away: true)),
        new("8 bits, per call", Declared("q8/64@call"), Symmetric(127), StateRounding.PerCall) { RoundsOnEntry = true },
        new("4 bits, row", Declared("q4"), Symmetric(7)),
        new("4 bits, 32, half scale", Declared("q4/32"), Symmetric(7, half: true)) { RoundsOnEntry = true },
        new("4 bits, ggml", Declared("q4/32@token"), Signed4),
        new("4 bits, per call", Declared("q4/16@call"), Signed4, StateRounding.PerCall),
        new("bf16, per token", Declared("bf16@token"), BF16),
        new("bf16, per call", Declared("bf16@call"), BF16, StateRounding.PerCall),
    ];

    private static readonly QuantizedKernel[] Wrong =
    [
        new("only per call", Declared("q8"), Symmetric(127), StateRounding.PerCall) { RoundsOnEntry = true },
        new("only per call, 4 bits", Declared("q4/32@token"), Signed4, StateRounding.PerCall),
        new("bf16 only per call", Declared("bf16@token"), BF16, StateRounding.PerCall),
        new("not at all", Declared("q8@call"), (_, _, _) => { }),
        new("each token, not per call", Declared("q8@call"), Symmetric(127)),
        new("4 bits, not 8", Declared("q8"), Symmetric(7)),
        new("8 bits, not 4", Declared("q4"), Symmetric(127)),
        new("scale of the next block", Declared("q8/16"), (block, _, next) => Round(block, Largest(next) / 127, 127)),
        new("scale of before the token", Declared("q8/16"), (block, before, _) => Round(block, Largest(before) / 127, 127)),
        new("scale of before, no clamp", Declared("q8/16"), (block, before, _) => Round(block, Largest(before) / 127, 1000)),
        new("nibbles swapped", Declared("q4/32"), (block, _, _) =>
        {
            Symmetric(7)(block, default, default);
            for (int i = 0; i + 1 < block.Length; i += 2) (block[i], block[i + 1]) = (block[i + 1], block[i]);
        }),
        new("blocks off by one", Declared("q8/16"), Symmetric(127)) { Offset = 1 },
        new("128 wraps", Declared("q8"), (block, _, _) =>
        {
            float scale = Largest(block) / 128;
            foreach (ref float x in block) x = scale * (scale == 0 ? 0 : unchecked((sbyte)(int)MathF.Round(x / scale)));
        }),
    ];

    public static TheoryData<string> HonestNames => [.. Honest.Select(kernel => kernel.Name)];

    public static TheoryData<string> WrongNames => [.. Wrong.Select(kernel => kernel.Name)];

    [Theory]
    [MemberData(nameof(HonestNames))]
    public void Run_RoundedAsDeclared_NoFinding(string name)
    {
        KernelCaseResults result = Run(Honest.Single(kernel => kernel.Name == name), cases: 180);

        Assert.True(result.Failed == 0, string.Join("\n", result.Findings));
        Assert.Equal(180, result.Cases);
    }

    [Theory]
    [MemberData(nameof(WrongNames))]
    public void Run_NotAsDeclared_IsFound(string name) =>
        Assert.Equal(1, Run(Wrong.Single(kernel => kernel.Name == name), cases: 45).Failed);

    [Theory]
    [InlineData("only per call", "states are not rounded after each token to whole numbers up to 127 with a scale for each ")]
    [InlineData("only per call, 4 bits", "states are not rounded after each token to whole numbers up to 7 with a scale for each ")]
    [InlineData("bf16 only per call", "states are not rounded after each token to BF16")]
    [InlineData("not at all", "the state is not whole numbers up to 127")]
    [InlineData("blocks off by one", "the state is not whole numbers up to 127")]
    public void Run_NotAsDeclared_SaysHow(string name, string message)
    {
        KernelCaseResults result = Run(Wrong.Single(kernel => kernel.Name == name), cases: 45);

        Assert.Contains(result.Findings, finding =>
            finding.Property == KernelProperty.Storage && finding.Where.Contains(message, StringComparison.Ordinal));
    }

    // Where no snapshots are asked for, only the outputs tell.
    [Fact]
    public void Run_NotRoundedAfterEachTokenNoSnapshots_OutputsAreTooExact()
    {
        var engine = new QuantizedKernel("no entry", Declared("q8"), Symmetric(127), StateRounding.PerCall);
        const string @case = "slow-gates:T33,n2,Hk1,Hv2,K32,V32,tiled,head,p0,rows3:2a";

        KernelFinding finding = Assert.Single(KernelCheck.Run(engine, KernelCase.Parse(@case)).Findings);

        Assert.Equal(KernelProperty.Storage, finding.Property);
        Assert.StartsWith("o: states are not rounded after each token", finding.Where, StringComparison.Ordinal);
    }

    private static KernelCaseResults Run(IKernelEngine engine, int cases) =>
        new KernelCaseRunner(Seed: 3, cases) { MaxWork = 60_000, MaxFailures = 1 }.Run(
            engine, cancellation: TestContext.Current.CancellationToken);

    private static KernelPrecision Declared(string state) => KernelPrecision.Parse(state + ",f32,f32");

    private static KernelPrecision AlongKeys(string state)
    {
        KernelPrecision precision = Declared(state);
        return precision with { Quantization = precision.Quantization!.Value with { AlongKeys = true } };
    }

    private static void BF16(Span<float> block, ReadOnlySpan<float> before, ReadOnlySpan<float> next)
    {
        foreach (ref float x in block) x = StateFormat.BF16.Round(x);
    }
}
