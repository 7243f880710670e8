using Gdn.Harness.Engines.Reference;
using Gdn.Harness.Kernels.Cases;
using Gdn.Properties.Harness.Kernels.Checks;
using Gdn.Reference;
using Gdn.Reference.Kernels;
using Gdn.Reference.Operators;
using Xunit;

namespace Gdn.Properties.Harness.Kernels.Cases;

public class KernelCaseTests
{
    [Fact]
    public void Parse_TextOfManyCases_GivesTheCaseBack()
    {
        using var engine = new ReferenceKernelEngine();
        KernelCaseSampler sampler = KernelCaseSampler.For(engine, maxWork: 100_000);
        for (int i = 0; i < 500; i++)
        {
            KernelCase @case = sampler.Draw(3, i);

            Assert.Equal(@case, KernelCase.Parse(@case.ToString()));
        }
    }

    [Theory]
    [InlineData("slow-gates:T65+3+17,n3,Hk1,Hv2,K16,V32,tiled,head,p2,rows5:9f", KernelForms.Ragged)]
    [InlineData("slow-gates:T5+5,n2,Hk1,Hv2,K16,V32,tiled,head,p2,rows5:9f", KernelForms.Ragged)]
    [InlineData("slow-gates:T7+,n1,Hk1,Hv2,K16,V32,tiled,head,p2,rows5,raw-keys:9f", KernelForms.Ragged | KernelForms.RawKeys)]
    [InlineData("slow-gates:T0+7,n2,Hk1,Hv2,K16,V32,tiled,head,p2,rows5:9f", KernelForms.Ragged | KernelForms.EmptySequences)]
    [InlineData("slow-gates:T7,n1,Hk1,Hv2,K16,V32,tiled,channel,p0,rows5,raw-gates:9f", KernelForms.RawGates)]
    [InlineData(
        "slow-gates:T7,n2,Hk1,Hv2,K16,V32,tiled,head,p0,rows5,raw-gates,raw-keys:9f", KernelForms.RawGates | KernelForms.RawKeys)]
    public void Parse_Forms_GivesTheTextBack(string text, KernelForms forms)
    {
        KernelCase @case = KernelCase.Parse(text);
        Assert.Equal(forms, @case.Shape.Forms);
        Assert.Equal(text, @case.ToString());
        Assert.Equal(@case, KernelCase.Parse(text));
        Assert.Equal(@case.GetHashCode(), KernelCase.Parse(text).GetHashCode());
    }

    [Theory]
    [InlineData("")]
    [InlineData("slow-gates:T\u0666\u0665,n3,Hk1,Hv2,K16,V32,tiled,head,p2,rows5:9f")]
    [InlineData("slow-gates:T5+5,n3,Hk1,Hv2,K16,V32,tiled,head,p2,rows5:9f")]
    [InlineData("slow-gates:T5+,n2,Hk1,Hv2,K16,V32,tiled,head,p2,rows5:9f")]
    [InlineData("slow-gates:T0+0,n2,Hk1,Hv2,K16,V32,tiled,head,p2,rows5:9f")]
    [InlineData("slow-gates:T+5,n1,Hk1,Hv2,K16,V32,tiled,head,p2,rows5:9f")]
    [InlineData("slow-gates:T5,n1,Hk1,Hv2,K16,V32,tiled,head,p2,rows5,raw-keys,raw-gates:9f")]
    [InlineData("slow-gates")]
    [InlineData("no-such-regime:T65,n3,Hk1,Hv2,K16,V32,tiled,head,p2,rows5:9f")]
    [InlineData("slow-gates:T0,n3,Hk1,Hv2,K16,V32,tiled,head,p2,rows5:9f")]
    [InlineData("slow-gates:T1,n3,Hk2,Hv3,K16,V32,tiled,head,p2,rows5:9f")]
    [InlineData("slow-gates:T1,n3,Hk1,Hv2,K16,V32,tiled,head,p2,rows2:9f")]
    [InlineData("slow-gates:T1,n3,Hk1,Hv2,K16,V32,tiled,head,p2,rows5:xyz")]
    [InlineData("slow-gates:T999999,n9999,Hk9999,Hv9999,K9999,V9999,tiled,channel,p999,rows9999:9f")]
    [InlineData("slow-gates:T1,n1,Hk1,Hv64,K512,V512,tiled,head,p0,rows2:9f")]
    [InlineData("slow-gates:T300000,n1,Hk1,Hv1,K16,V1024,tiled,head,p0,rows1:9f")]
    public void Parse_NoCase_ThrowsInputException(string text) =>
        Assert.Throws<InputException>(() => KernelCase.Parse(text));

    [Fact]
    public void Draw_ManyCases_ReachesWhatKernelsGetWrong()
    {
        using var engine = new ReferenceKernelEngine();
        KernelCaseSampler sampler = KernelCaseSampler.For(engine, maxWork: 100_000);
        KernelCase[] cases = [.. Enumerable.Range(0, 2000).Select(i => sampler.Draw(4, i))];
        var shapes = cases.Select(c => c.Shape).ToArray();

        void Reached(string what, Func<KernelShape, bool> condition, int least) =>
            Assert.True(shapes.Count(condition) >= least, $"{what}: {shapes.Count(condition)} of {shapes.Length}, want {least}");
        foreach (int chunk in new[] { 16, 32, 64 })
            foreach (int tokens in new[] { chunk - 1, chunk, chunk + 1, 2 * chunk + 2 })
                Reached($"T={tokens}", s => s.Rule.Tokens == tokens, 30);
        for (int n = 1; n <= 8; n++) Reached($"n={n}", s => s.Sequences == n, 20);
        Reached("K > V", s => s.Rule.KeyDim > s.Rule.ValueDim, 100);
        Reached("K < V", s => s.Rule.KeyDim < s.Rule.ValueDim, 100);
        Reached("head dimension 128", s => s.Rule.KeyDim == 128, 20);
        Reached("maps that differ", s => s.Rule.KeyHeads > 1 && s.Rule.ValueHeads > s.Rule.KeyHeads, 200);
        Reached("gate per channel", s => s.Rule.PerChannelGate, 300);
        Reached("fewer tokens than planes", s => s.Rule.Tokens < s.Planes, 100);
        Reached("free rows", s => s.PoolRows > s.Sequences, 1000);
        Reached("head dimension above 128", s => s.Rule.KeyDim > 128, 20);
        Reached("16 or more value heads", s => s.Rule.ValueHeads >= 16, 15);
        Reached("more than 256 tokens", s => s.Rule.Tokens > 256, 10);
        Reached("small", s => s.Work <= 100_000, 1700);
        Assert.All(shapes, s => Assert.InRange(s.Work, 1, 100 * 100_000));
        Assert.Equal(9, cases.Select(c => c.Regime).Distinct().Count());
    }

    [Fact]
    public void Draw_EngineSupportsNothing_ThrowsInputException()
    {
        using var engine = new Picky(_ => false);

        Assert.Throws<InputException>(() => KernelCaseSampler.For(engine, maxWork: 100_000));
    }

    [Fact]
    public void Draw_EngineWithLimits_StaysInside()
    {
        using var engine = new Picky(s => s.Rule.KeyDim == s.Rule.ValueDim && s.Planes == 1);

        KernelCaseSampler sampler = KernelCaseSampler.For(engine, maxWork: 100_000);
        for (int i = 0; i < 100; i++)
        {
            KernelShape shape = sampler.Draw(1, i).Shape;
            Assert.True(shape.Rule.KeyDim == shape.Rule.ValueDim && shape.Planes == 1, shape.ToString());
        }
    }

    // As released kernels are: one head size, one head count, whole chunks, or decode alone.
    [Theory]
    [InlineData("one head size")]
    [InlineData("one head count")]
    [InlineData("whole chunks")]
    [InlineData("decode alone")]
    [InlineData("multiples of 8")]
    public void Draw_EngineWithFewShapes_FindsThem(string kind)
    {
        using var engine = new Picky(s => kind switch
        {
            "one head size" => s.Rule is { KeyDim: 128, ValueDim: 128 },
            "one head count" => s.Rule is { KeyDim: 128, ValueDim: 128, KeyHeads: 16, ValueHeads: 32 },
            "whole chunks" => s.Rule.Tokens % 64 == 0 && s.Rule is { KeyDim: 64 or 128, PerChannelGate: false },
            "decode alone" => s.Rule is { Tokens: 1, ValueDim: 256 } && s.Planes == 0,
            _ => s.Rule.Tokens % 8 == 0 && s.Rule.KeyDim % 8 == 0 && s.Rule.ValueDim % 8 == 0,
        });
        KernelCaseSampler sampler = KernelCaseSampler.For(engine, maxWork: 100_000);
        (IReadOnlyList<KernelCase> sweep, IReadOnlyList<string> missing) = sampler.Sweep(seed: 1);
        KernelShape[] drawn = [.. Enumerable.Range(0, 100).Select(i => sampler.Draw(1, i).Shape)];

        Assert.All(sweep.Select(@case => @case.Shape).Concat(drawn), shape => Assert.True(engine.Supports(shape), $"{shape}"));
        Assert.InRange(sweep.Count, 8, 600);
        Assert.InRange(missing.Count, 1, 500);
        Assert.InRange(drawn.Distinct().Count(), 15, 100);
    }

    [Fact]
    public void Sweep_EngineWithoutLimits_HasWhatModelsRun()
    {
        using var engine = new ReferenceKernelEngine();

        (IReadOnlyList<KernelCase> cases, IReadOnlyList<string> missing) =
            KernelCaseSampler.For(engine, maxWork: 100_000).Sweep(seed: 1);

        Assert.Empty(missing);
        KernelShape[] shapes = [.. cases.Select(@case => @case.Shape)];
        Assert.Equal(Enumerable.Range(1, 8), shapes.Select(s => s.Sequences).Distinct().Order());
        foreach (int dim in (int[])[64, 96, 128, 192, 256])
            Assert.Contains(shapes, s => s.Rule.KeyDim == dim && s.Rule.ValueDim == dim && s.Rule.Tokens > 256);
        foreach (int tokens in (int[])[1, 64, 300, 512, 2048]) Assert.Contains(shapes, s => s.Rule.Tokens == tokens);
        foreach (int heads in (int[])[4, 8, 16, 32, 48, 64]) Assert.Contains(shapes, s => s.Rule.ValueHeads == heads && s.Rule.Tokens > 64);
        foreach (int chunk in (int[])[16, 32, 64, 128])
            Assert.Equal(chunk, shapes.Where(s => s.Sequences == 1 && s.Rule is { Tokens: > 128, KeyDim: 128 })
                .Select(s => s.Rule.Tokens % chunk).Distinct().Count());
        foreach (int chunk in (int[])[16, 32, 64])
            Assert.Equal(chunk, shapes.Where(s => s.Sequences == 2 && s.Rule is { Tokens: > 64, KeyDim: 128 })
                .Select(s => s.Rule.Tokens % chunk).Distinct().Count());
        Assert.All(cases, @case => Assert.Equal(@case, KernelCase.Parse(@case.ToString())));
    }

    [Fact]
    public void Sweep_EngineOfAllForms_HasLongOnesInEach()
    {
        using var engine = new ReferenceKernelEngine();

        (IReadOnlyList<KernelCase> cases, _) = KernelCaseSampler.For(engine, maxWork: 100_000).Sweep(seed: 1);

        foreach (KernelForms form in (KernelForms[])[KernelForms.Ragged, KernelForms.RawGates, KernelForms.RawKeys])
            Assert.InRange(
                cases.Count(c => c.Shape.Forms.HasFlag(form) && c.Shape.Rule is { KeyDim: 128, ValueDim: 128, Tokens: > 64 }), 5, 200);
        Assert.InRange(cases.Count(c => c.Shape.Forms == KernelForms.None), 350, 600);
    }

    [Fact]
    public void Generate_AllRegimes_InputsKeepTheContract()
    {
        using var engine = new TokenwiseEngine("usual form");
        KernelCaseSampler sampler = KernelCaseSampler.For(engine, maxWork: 60_000);
        for (int i = 0; i < 90; i++)
        {
            KernelData data = KernelData.Generate(sampler.Draw(5, i));
            DeltaRuleShape rule = data.Case.Shape.Rule;

            foreach (float[] rows in new[] { data.Q, data.K })
                foreach (float[] row in rows.Chunk(rule.KeyDim))
                    Assert.Equal(1, Math.Sqrt(row.Sum(x => (double)x * x)), 1e-6);
            Assert.All(data.G, g => Assert.InRange(g, float.MinValue, 0));
            Assert.All(data.Beta, beta => Assert.InRange(beta, 0, 1));
            Assert.Equal(data.Rows.Length, data.Rows.Distinct().Count());
            foreach (int row in Enumerable.Range(0, data.Case.Shape.PoolRows))
                Assert.Equal(!data.Rows.Contains(row), float.IsNaN(data.Pool[row * rule.StateLength]));
        }
    }

    [Fact]
    public void Generate_FewerSequencesTokensHeads_KeepsWhatRemains()
    {
        KernelCase large = KernelCase.Parse("slow-gates:T9,n4,Hk2,Hv4,K8,V6,tiled,head,p0,rows4:5");
        KernelCase small = KernelCase.Parse("slow-gates:T5,n3,Hk1,Hv2,K8,V6,tiled,head,p0,rows4:5");
        KernelData from = KernelData.Generate(large), to = KernelData.Generate(small);

        // Sequence 2, token 4, head 0.
        Assert.Equal(from.K.AsSpan(((2 * 9 + 4) * 2 + 0) * 8, 8), to.K.AsSpan((2 * 5 + 4) * 8, 8));
        Assert.Equal(from.V.AsSpan(((2 * 9 + 4) * 4 + 1) * 6, 6), to.V.AsSpan(((2 * 5 + 4) * 2 + 1) * 6, 6));
        Assert.Equal(from.G[(2 * 9 + 4) * 4 + 1], to.G[(2 * 5 + 4) * 2 + 1]);
    }

    [Fact]
    public void Draw_Forms_ThoseDeclaredAndNoOthers()
    {
        using var plain = new TokenwiseEngine("plain");
        using var packed = new PackedKernel("packed");
        using var reference = new ReferenceKernelEngine();
        Dictionary<KernelForms, int> Drawn(IKernelEngine engine)
        {
            KernelCaseSampler sampler = KernelCaseSampler.For(engine, maxWork: 20_000);
            return Enumerable.Range(0, 300).GroupBy(i => sampler.Draw(seed: 1, i).Shape.Forms).ToDictionary(g => g.Key, g => g.Count());
        }

        Assert.Equal([KernelForms.None], Drawn(plain).Keys);
        Assert.All(Drawn(packed).Keys, forms => Assert.Equal(KernelForms.None, forms & ~packed.Forms));
        Dictionary<KernelForms, int> all = Drawn(reference);
        foreach (KernelForms form in (KernelForms[])[KernelForms.Ragged, KernelForms.RawGates, KernelForms.RawKeys])
            Assert.InRange(all.Where(pair => pair.Key.HasFlag(form)).Sum(pair => pair.Value), 50, 150);
    }

    // A kernel that takes nothing but packed tokens and raw gates.
    [Fact]
    public void Draw_FormIsAllThatIsSupported_IsDrawn()
    {
        using var engine = new PickyForms();
        KernelCaseSampler sampler = KernelCaseSampler.For(engine, maxWork: 20_000);
        Assert.All(Enumerable.Range(0, 50), i => Assert.True(engine.Supports(sampler.Draw(seed: 1, i).Shape)));
        Assert.All(sampler.Sweep(seed: 1).Cases, @case => Assert.True(engine.Supports(@case.Shape)));
    }

    // What is packed is what the usual call of the longest length holds of each sequence.
    [Fact]
    public void Generate_Ragged_KeepsTheBeginningOfEachSequence()
    {
        KernelData uniform = KernelData.Generate(KernelCase.Parse("slow-gates:T9,n3,Hk1,Hv2,K8,V6,tiled,channel,p0,rows4:5"));
        KernelData packed = KernelData.Generate(KernelCase.Parse("slow-gates:T4+9+2,n3,Hk1,Hv2,K8,V6,tiled,channel,p0,rows4:5"));

        Assert.Equal([0, 4, 13, 15], packed.Call([], [], []).Offsets.ToArray());
        // Sequence 2, token 1, head 1.
        Assert.Equal(uniform.K.AsSpan((2 * 9 + 1) * 8, 8), packed.K.AsSpan((13 + 1) * 8, 8));
        Assert.Equal(uniform.V.AsSpan(((2 * 9 + 1) * 2 + 1) * 6, 6), packed.V.AsSpan(((13 + 1) * 2 + 1) * 6, 6));
        Assert.Equal(uniform.G.AsSpan(((2 * 9 + 1) * 2 + 1) * 8, 8), packed.G.AsSpan(((13 + 1) * 2 + 1) * 8, 8));
        Assert.Equal(uniform.Pool, packed.Pool);
    }

    // Of raw inputs comes what the regime asks for, as near as F32 can say it.
    [Theory]
    [InlineData("head")]
    [InlineData("channel")]
    public void Generate_Raw_CooksToTheUsualInputs(string gate)
    {
        foreach (InputRegime regime in Enum.GetValues<InputRegime>())
        {
            string shape = $"T20,n2,Hk1,Hv2,K8,V6,tiled,{gate},p0,rows2";
            KernelData usual = KernelData.Generate(KernelCase.Parse($"{KernelCase.NameOf(regime)}:{shape}:5"));
            KernelData raw = KernelData.Generate(KernelCase.Parse($"{KernelCase.NameOf(regime)}:{shape},raw-gates,raw-keys:5"));
            var cooked = new CookedInputs<double>(raw.Call([], [], []));

            // A gate of -1e-4 is softplus of -12 at most: an error of 1e-6 there is 1e-5 of the gate.
            for (int i = 0; i < usual.G.Length; i++) Assert.Equal(usual.G[i], cooked.G[i], 1e-16 + 1e-5 * -usual.G[i]);
            for (int i = 0; i < usual.Beta.Length; i++) Assert.Equal(usual.Beta[i], cooked.Beta[i], 1e-6);
            for (int i = 0; i < usual.K.Length; i++)
                Assert.True(cooked.K[i] == 0 || Math.Abs(usual.K[i] - cooked.K[i]) < 1e-6, $"{regime} {i}");
            Assert.DoesNotContain(raw.Q, x => !float.IsFinite(x));
            Assert.Contains(raw.K, x => Math.Abs(x) > 1.5);
        }
    }

    // Parameters belong to heads, so that they are what it takes to watch sequences for interference.
    [Fact]
    public void GenerateChanged_Raw_KeepsTheParameters()
    {
        KernelCase @case = KernelCase.Parse("slow-gates:T4+2,n2,Hk1,Hv2,K8,V6,tiled,channel,p0,rows2,raw-gates:5");
        KernelData data = KernelData.Generate(@case), changed = KernelData.GenerateChanged(@case, [1]);
        Assert.Equal(data.ALog, changed.ALog);
        Assert.Equal(data.TimeStepBias, changed.TimeStepBias);
        Assert.Equal(data.G.AsSpan(0, 4 * 16), changed.G.AsSpan(0, 4 * 16));
        Assert.NotEqual(data.G.AsSpan(4 * 16).ToArray(), changed.G.AsSpan(4 * 16).ToArray());
    }

    [Theory]
    // The fault needs two sequences of unlike lengths: nothing else is left.
    [InlineData("slow-gates:T65+3+17,n3,Hk1,Hv2,K16,V32,tiled,head,p2,rows5,raw-gates:9f", "slow-gates:T2+1,n2,Hk1,Hv1,K1,V1,tiled,head,p0,rows2:9f")]
    public void Shrink_Ragged_KeepsWhatItNeeds(string text, string shrunk)
    {
        using var engine = new ReferenceKernelEngine();
        KernelCase smallest = KernelShrinker.Shrink(
            engine, KernelCase.Parse(text),
            candidate => candidate.Shape.Lengths is var lengths && lengths.Values.Length > 1 && lengths.Values[0] > lengths.Values[1]);
        Assert.Equal(shrunk, smallest.ToString());
    }

    [Fact]
    public void Shrink_FormThatDoesNotMatter_IsGone()
    {
        using var engine = new ReferenceKernelEngine();
        KernelCase smallest = KernelShrinker.Shrink(
            engine, KernelCase.Parse("slow-gates:T65+0+17,n3,Hk1,Hv2,K16,V32,tiled,head,p2,rows5,raw-gates,raw-keys:9f"),
            candidate => candidate.Shape.RawInputs.HasFlag(KernelForms.RawKeys) && candidate.Shape.Rule.Tokens > 4);
        Assert.Equal("slow-gates:T5,n1,Hk1,Hv1,K1,V1,tiled,head,p0,rows1,raw-keys:9f", smallest.ToString());
    }

    private sealed class PickyForms : TokenwiseEngine, IKernelEngine
    {
        public PickyForms()
            : base("picky")
        {
        }

        public KernelForms Forms => KernelForms.Ragged | KernelForms.RawGates;

        public override bool Supports(in KernelShape shape) => shape.Forms == Forms;
    }

    private sealed class Picky(Predicate<KernelShape> supports) : TokenwiseEngine("picky")
    {
        public override bool Supports(in KernelShape shape) => supports(shape);
    }
}
