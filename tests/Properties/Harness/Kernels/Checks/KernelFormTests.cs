using Gdn.Harness;
using Gdn.Harness.Engines.Cpu;
using Gdn.Harness.Engines.Reference;
using Gdn.Harness.Kernels.Cases;
using Gdn.Harness.Kernels.Checks;
using Gdn.Reference;
using Gdn.Reference.Kernels;
using Xunit;

namespace Gdn.Properties.Harness.Kernels.Checks;

/// <summary>Ragged calls and raw inputs: right kernels stay clean however they compute, wrong ones are found.</summary>
public class KernelFormTests
{
    private const int Chunk = 64;

    private static readonly Dictionary<string, Func<IKernelEngine>> Honest = new()
    {
        ["reference"] = () => new ReferenceKernelEngine(),
        ["cpu"] = () => new CpuKernelEngine(),
        ["packed"] = () => new PackedKernel("packed"),
        ["naive"] = () => new RawKernel("naive"),
        ["stable"] = () => new RawKernel("stable")
        {
            Softplus = x => MathF.Max(x, 0) + (float)Math.Log(1 + Math.Exp(-Math.Abs(x))),
            Sigmoid = b => b >= 0 ? 1 / (1 + MathF.Exp(-b)) : MathF.Exp(b) / (1 + MathF.Exp(b)),
            InverseNorm = row => 1 / MathF.Sqrt(EightSums(row) + 1e-6f),
        },
        // As on GPUs: powers of two, a logarithm good to 3u near 1, softplus cut off as in training code, a root to 2 ulp.
        ["fast"] = () => new RawKernel("fast")
        {
            Softplus = x => x > 20 ? x : (float)(Math.Log(1 + PowerOfTwo(x)) + 3 * KernelPrecision.F32),
            Sigmoid = b => MathF.BitIncrement(1 / (1 + PowerOfTwo(-b))),
            InverseNorm = row => MathF.BitIncrement(MathF.BitIncrement(1 / MathF.Sqrt(EightSums(row) + 1e-6f))),
        },
    };

    private static readonly Dictionary<string, Func<IKernelEngine>> Wrong = new()
    {
        // Gates.
        ["no-softplus"] = () => new RawKernel("no-softplus") { Softplus = x => x },
        ["softplus-cut-off-at-2"] = () =>
            new RawKernel("softplus-cut-off-at-2") { Softplus = x => x > 2 ? x : MathF.Log(1 + MathF.Exp(x)) },
        ["no-sigmoid"] = () => new RawKernel("no-sigmoid") { Sigmoid = b => b },
        ["hard-sigmoid"] = () => new RawKernel("hard-sigmoid") { Sigmoid = b => Math.Clamp(b / 6 + 0.5f, 0, 1) },
        ["no-bias"] = () => new RawKernel("no-bias") { Gate = (a, scale, _, softplus) => scale * softplus(a) },
        ["bias-behind-softplus"] = () =>
            new RawKernel("bias-behind-softplus") { Gate = (a, scale, bias, softplus) => scale * (softplus(a) + bias) },
        ["a-log-as-a"] = () =>
            new RawKernel("a-log-as-a") { Gate = (a, scale, bias, softplus) => MathF.Log(-scale) * softplus(a + bias) },
        ["gate-in-log2"] = () =>
            new RawKernel("gate-in-log2") { Gate = (a, scale, bias, softplus) => 1.442695f * scale * softplus(a + bias) },

        // Keys.
        ["no-norm-of-q"] = () => new RawKernel("no-norm-of-q") { NormalisesQueries = false },
        ["eps-1e-3-outside"] = () =>
            new RawKernel("eps-1e-3-outside") { InverseNorm = row => 1 / (MathF.Sqrt(RawKernel.SquareOf(row)) + 1e-3f) },
        ["eps-1e-3-inside"] = () =>
            new RawKernel("eps-1e-3-inside") { InverseNorm = row => 1 / MathF.Sqrt(RawKernel.SquareOf(row) + 1e-3f) },
        ["no-eps"] = () =>
            new RawKernel("no-eps") { InverseNorm = row => 1 / MathF.Sqrt(RawKernel.SquareOf(row)) },
        ["root-mean-square"] = () => new RawKernel("root-mean-square")
        {
            InverseNorm = row => MathF.Sqrt(row.Length) / MathF.Sqrt(RawKernel.SquareOf(row) + 1e-6f),
        },
        ["norm-of-all-heads"] = () => new RawKernel("norm-of-all-heads") { NormLength = (all, _) => all },
        ["norm-without-last"] = () =>
            new RawKernel("norm-without-last") { InverseNorm = row => 1 / MathF.Sqrt(RawKernel.SquareOf(row[..^1]) + 1e-6f) },

        // Boundaries of sequences.
        ["goes-on-with-the-last-state"] = () =>
            new PackedKernel("goes-on-with-the-last-state") { StartsFrom = (_, n) => Math.Max(0, n - 1) },
        ["boundary-late"] = () => new PackedKernel("boundary-late")
        {
            Start = (shape, n) => Math.Min(shape.Offsets()[n] + 1, shape.TotalTokens - shape.TokensOf(n)),
        },
        ["last-token-of-shorter-left-out"] = () => new PackedKernel("last-token-of-shorter-left-out")
        {
            Length = (shape, n) => shape.TokensOf(n) is var tokens && tokens < shape.Rule.Tokens ? tokens - 1 : tokens,
        },
        ["planes-by-the-longest"] = () => new PackedKernel("planes-by-the-longest") { Plane = (shape, _, t) => shape.Rule.Tokens - 1 - t },
        ["chunks-of-the-packed-tokens"] = () => new PackedKernel("chunks-of-the-packed-tokens")
        {
            Damage = (in KernelShape shape, int _, int position, int token, Span<float> state) =>
            {
                if (position > 0 && position % Chunk != 0 && token % Chunk == 0) state.Clear();
            },
        },
        ["empty-sequence-cleared"] = () => new PackedKernel("empty-sequence-cleared")
        {
            Damage = (in KernelShape shape, int n, int position, int _, Span<float> state) =>
            {
                if (position < 0 && shape.TokensOf(n) == 0) state.Clear();
            },
        },
    };

    public static TheoryData<string> HonestNames => [.. Honest.Keys];

    public static TheoryData<string> WrongNames => [.. Wrong.Keys];

    [Theory]
    [MemberData(nameof(HonestNames))]
    public void Run_HonestKernel_NoFinding(string name)
    {
        using IKernelEngine engine = Honest[name]();
        foreach (KernelCase @case in Draw(engine, 180)) Assert.Empty(KernelCheck.Run(engine, @case).Findings);
    }

    [Theory]
    [MemberData(nameof(WrongNames))]
    public void Run_WrongKernel_Found(string name)
    {
        using IKernelEngine engine = Wrong[name]();
        int found = Draw(engine, 90).Count(@case => KernelCheck.Run(engine, @case).Findings.Count > 0);
        Assert.InRange(found, 3, 90);
    }

    [Fact]
    public void Run_FormNotDeclared_IsRefused()
    {
        using var engine = new TokenwiseEngine("plain");
        InputException e = Assert.Throws<InputException>(() => KernelCheck.Run(
            engine, KernelCase.Parse("slow-gates:T3+1,n2,Hk1,Hv1,K4,V4,tiled,head,p0,rows2,raw-keys:1")));
        Assert.Contains("it does not declare what the case", e.Message, StringComparison.Ordinal);
        Assert.Contains("Ragged, RawKeys", e.Message, StringComparison.Ordinal);
    }

    // Sequence 1 has the packed tokens 3 to 5.
    [Fact]
    public void Run_OneWrongElementOfPackedTokens_NamesSequenceAndPosition()
    {
        var engine = new Spoilt((in KernelCall call) => call.Output[4 * 3 + 2] += 0.5f);
        KernelCase @case = KernelCase.Parse("slow-gates:T3+3+1,n3,Hk1,Hv1,K4,V3,tiled,head,p2,rows4:2a");

        KernelFinding finding = KernelCheck.Run(engine, @case).Findings.First(f => f.Property == KernelProperty.ErrorBound);

        Assert.Equal("o[seq 1, t 1, h 0, v 2]", finding.Where);
    }

    // Two tokens fill two planes; the third is nobody's business.
    [Fact]
    public void Run_PlanesBeyondASequencesTokens_AreNotCompared()
    {
        KernelCase @case = KernelCase.Parse("slow-gates:T5+2,n2,Hk1,Hv1,K4,V3,tiled,head,p3,rows2:2a");
        int calls = 0;
        Assert.Empty(KernelCheck.Run(new Spoilt((in KernelCall call) => call.Snapshots[^1] = calls++), @case).Findings);
        Assert.Contains(
            KernelCheck.Run(new Spoilt((in KernelCall call) => call.Snapshots[^13] = 3), @case).Findings,
            finding => finding.Where.StartsWith("snapshot[plane 2, seq 0", StringComparison.Ordinal));
    }

    // Usual cases in one of the forms that the engine takes.
    private static IEnumerable<KernelCase> Draw(IKernelEngine engine, int count)
    {
        using var plain = new TokenwiseEngine("plain");
        KernelCaseSampler sampler = KernelCaseSampler.For(plain, maxWork: 20_000);
        for (int i = 0; i < count; i++)
        {
            KernelCase @case = sampler.Draw(seed: 7, i);
            var random = new SeededRandom((ulong)i);
            KernelShape shape = @case.Shape;
            while (shape.Forms == KernelForms.None) shape = FormDraw.Any(random, engine.Forms, shape);
            yield return @case with { Shape = shape };
        }
    }

    private static float EightSums(ReadOnlySpan<float> row)
    {
        var sums = new float[8];
        for (int i = 0; i < row.Length; i++) sums[i % 8] = MathF.FusedMultiplyAdd(row[i], row[i], sums[i % 8]);
        return ((sums[0] + sums[4]) + (sums[2] + sums[6])) + ((sums[1] + sums[5]) + (sums[3] + sums[7]));
    }

    private static float PowerOfTwo(float x) => MathF.Pow(2, x * 1.44269504f);

    private delegate void Damage(in KernelCall call);

    private sealed class Spoilt(Damage damage) : IKernelEngine
    {
        private readonly ReferenceKernelEngine _reference = new();

        public string Name => "spoilt";

        public KernelPrecision Precision => _reference.Precision;

        public KernelForms Forms => _reference.Forms;

        public bool Supports(in KernelShape shape) => true;

        public void Run(in KernelCall call)
        {
            _reference.Run(call);
            damage(call);
        }

        public void Dispose() => _reference.Dispose();
    }
}
