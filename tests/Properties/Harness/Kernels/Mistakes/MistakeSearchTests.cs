using Gdn.Harness.Kernels.Bounds;
using Gdn.Harness.Kernels.Calls;
using Gdn.Harness.Kernels.Cases;
using Gdn.Harness.Kernels.Mistakes;
using Gdn.Properties.Harness.Kernels.Checks;
using Gdn.Reference.Kernels;
using Xunit;

namespace Gdn.Properties.Harness.Kernels.Mistakes;

public class MistakeSearchTests
{
    // With a tail behind a chunk of 64, key heads shared, snapshots, a free row, and states that are not square.
    private static readonly KernelCase Case = KernelCase.Parse("slow-gates:T70,n2,Hk2,Hv4,K16,V8,tiled,head,p2,rows3:9fe12d");

    [Theory]
    [InlineData("decay-after-update", "decay after the update")]
    [InlineData("no-decay", "decay left out")]
    [InlineData("beta-dropped", "beta left out")]
    [InlineData("stale-beta", "the previous token's beta")]
    [InlineData("scale-dropped", "scale 1/sqrt(K) left out")]
    [InlineData("read-before-write", "output read before the update")]
    [InlineData("head-map-swapped", "the other head map")]
    [InlineData("last-partial-chunk-not-decayed", "last chunk's tail not decayed (chunks of 16 or chunks of 32 or chunks of 64)")]
    [InlineData("reset-at-chunk", "state not carried from chunk to chunk (chunks of 64)")]
    [InlineData("initial-state-ignored", "initial state ignored")]
    [InlineData("final-state-transposed", "transposed state")]
    [InlineData("snapshots-oldest-first", "snapshots in the opposite order")]
    public void Name_KnownMistake_IsTheOne(string mutant, string name) =>
        Assert.Equal(name, NameOf(KernelMutants.All.Single(m => m.Name == mutant), Case));

    [Fact]
    public void Name_GatesOfPowersOfTwo_IsAnotherGate() => Assert.Equal(
        "another gate (exp2 for exp)",
        NameOf(new StepMutant("exp2", (token, run) =>
        {
            foreach (ref float g in token.G.AsSpan()) g *= MathF.Log(2);
            run();
        }), Case));

    [Fact]
    public void Name_StateOfAnotherSequence_IsNamed() => Assert.Equal(
        "state of the sequence before",
        NameOf(new RunMutant("neighbour", (call, reference) =>
        {
            int length = call.Shape.Rule.StateLength;
            call.Pool.Slice(call.Rows[0] * length, length).CopyTo(call.Pool[(call.Rows[1] * length)..]);
            reference(call);
        }), Case));

    // Wrong in ways that nobody has listed: naming one of the list would mislead.
    [Theory]
    [InlineData("initial-row-zeroed")]
    [InlineData("reset-at-chunk-head-0")]
    [InlineData("row-zeroed-at-chunk")]
    [InlineData("seq-0-leaks-into-others")]
    [InlineData("bf16-state")]
    [InlineData("f16-inputs")]
    public void Name_UnknownMistake_IsNone(string mutant) =>
        Assert.Null(NameOf(KernelMutants.All.Single(m => m.Name == mutant), Case));

    // Of a case of one token many mistakes are the same: naming any would be a guess.
    [Fact]
    public void Name_CaseTellsNoneApart_IsNone() => Assert.Null(NameOf(
        KernelMutants.All.Single(m => m.Name == "no-decay"),
        KernelCase.Parse("slow-gates:T1,n1,Hk1,Hv1,K8,V8,tiled,head,p0,rows1:9fe12d")));

    [Theory]
    [InlineData("slow-gates:T40,n2,Hk1,Hv2,K8,V5,grouped,head,p2,rows3:1")]
    [InlineData("mixed-heads:T40,n2,Hk2,Hv2,K8,V5,tiled,channel,p2,rows3:2")]
    public void Compute_WithoutAMistake_IsTheReference(string text)
    {
        KernelData data = KernelData.Generate(KernelCase.Parse(text));
        KernelExpectation expectation = KernelExpectation.Compute(data, KernelPrecision.AllF32);
        MistakenResults results = new Mistake("none").Compute(data);
        foreach (KernelBuffer buffer in Enum.GetValues<KernelBuffer>())
            for (int i = 0; i < results[buffer].Length; i++)
                Assert.Equal(expectation[buffer].Values[i], results[buffer][i], 1e-10);
    }

    private static string? NameOf(IKernelEngine engine, KernelCase @case)
    {
        KernelData data = KernelData.Generate(@case);
        KernelExpectation expectation = KernelExpectation.Compute(data, engine.Precision);
        return MistakeSearch.Name(data, expectation, engine.Precision, KernelRun.Execute(engine, data), () => false);
    }
}
