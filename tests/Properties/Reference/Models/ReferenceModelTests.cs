using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Gdn.Properties.Support;
using Gdn.Reference.Models;
using Gdn.Reference.State;
using Xunit;

namespace Gdn.Properties.Reference.Models;

/// <summary>A prompt fed in passes of these lengths; tokens and weights follow from the seed.</summary>
public sealed record PromptCase(Architecture Architecture, int Seed, IReadOnlyList<int> Passes)
{
    internal int[] Tokens()
    {
        var random = new Random(Seed);
        return [.. Enumerable.Range(0, Passes.Sum()).Select(_ => random.Next(RandomModel.Vocabulary))];
    }

    public override string ToString() => $"{Architecture}, seed {Seed}, passes of {string.Join(", ", Passes)}";
}

public static class PromptCases
{
    public static Arbitrary<PromptCase> Any() => Arb.From(
        from architecture in Gen.Elements(Enum.GetValues<Architecture>())
        from seed in Gen.Choose(0, int.MaxValue)
        from count in Gen.Choose(1, 6)
        from passes in Gen.Choose(1, 8).ListOf(count)
        select new PromptCase(architecture, seed, [.. passes]),
        c => Arb.Array(Arb.From(Gen.Choose(1, 8), n => n > 1 ? [n / 2, n - 1] : [])).Shrinker([.. c.Passes])
            .Where(passes => passes.Length > 0).Select(passes => c with { Passes = passes }));
}

[Properties(Arbitrary = [typeof(PromptCases)], MaxTest = 200)]
public class ReferenceModelTests
{
    private const int Embedding = 20;

    [Property]
    public void Forward_AnySplit_SameBits(PromptCase c)
    {
        ReferenceModel<double> model = RandomModel.Reference<double>(c.Architecture, c.Seed);
        int[] tokens = c.Tokens();
        SequenceState whole = model.NewState(), inPasses = model.NewState(planes: 3), singly = model.NewState();

        double[] expected = model.Forward(whole, tokens);
        var passes = new List<double>();
        foreach (int length in c.Passes)
            passes.AddRange(model.Forward(inPasses, tokens.AsSpan(inPasses.NextPosition, length)));
        double[] singles = [.. tokens.SelectMany(token => model.Forward(singly, [token]))];

        Expect.SameBits<double>("hidden in passes", [tokens.Length, Embedding], expected, [.. passes]);
        Expect.SameBits<double>("hidden token by token", [tokens.Length, Embedding], expected, singles);
        Assert.Equal(tokens.Length, inPasses.NextPosition);
    }

    [Property]
    public void Forward_OneTokenChanged_ChangesNothingBeforeIt(PromptCase c, NonNegativeInt which)
    {
        ReferenceModel<double> model = RandomModel.Reference<double>(c.Architecture, c.Seed);
        int[] tokens = c.Tokens(), changed = [.. tokens];
        int at = which.Get % tokens.Length;
        changed[at] = (changed[at] + 1) % RandomModel.Vocabulary;

        double[] before = model.Forward(model.NewState(), tokens), after = model.Forward(model.NewState(), changed);

        Expect.SameBits<double>("hidden", [at, Embedding], before.AsSpan(0, at * Embedding), after.AsSpan(0, at * Embedding));
        Assert.NotEqual(before[(at * Embedding)..], after[(at * Embedding)..]);
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public void Forward_TokenTwentyBackChanged_ChangesLogits(Architecture architecture)
    {
        ReferenceModel<double> model = RandomModel.Reference<double>(architecture, seed: 6);
        int[] tokens = [.. Enumerable.Range(1, 30)], changed = [.. tokens];
        changed[^21] = 0;

        double[] before = LastLogits(model, tokens), after = LastLogits(model, changed);

        double difference = before.Zip(after, (x, y) => Math.Abs(x - y)).Max();
        Assert.True(difference > 1e-3, $"largest difference {difference}");
    }

    [Theory]
    [InlineData(Architecture.Qwen35)]
    [InlineData(Architecture.Qwen35Moe)]
    [InlineData(Architecture.Qwen3Next)]
    public void Forward_OneLayersConvOrDeltaStateLost_ChangesLogits(Architecture architecture)
    {
        ReferenceModel<double> model = RandomModel.Reference<double>(architecture, seed: 8);
        double[] expected = LogitsAfterLoss(model, _ => { });
        for (int layer = 0; layer < 3; layer++)
        {
            int lost = layer;
            double[] noConv = LogitsAfterLoss(model, s => Array.Clear(((RecurrentState<double>)s[lost]).Conv));
            double[] noDelta = LogitsAfterLoss(model, s => Array.Clear(((RecurrentState<double>)s[lost]).Delta));
            Assert.True(expected.Zip(noConv, (x, y) => Math.Abs(x - y)).Max() > 1e-3, $"conv of layer {layer}");
            Assert.True(expected.Zip(noDelta, (x, y) => Math.Abs(x - y)).Max() > 1e-3, $"delta of layer {layer}");
        }
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public void Forward_RouterMargins_InfiniteOnlyWithoutExperts(Architecture architecture)
    {
        ReferenceModel<double> model = RandomModel.Reference<double>(architecture, seed: 9);
        var margins = new double[6];
        model.Forward(model.NewState(), [1, 2, 3, 4, 5, 6], margins);

        Assert.All(margins, margin => Assert.True(margin > 0));
        Assert.All(margins, margin => Assert.Equal(architecture == Architecture.Qwen35, double.IsInfinity(margin)));
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public void Forward_Float_IsTheSameModel(Architecture architecture)
    {
        // Not a bound on rounding, which has tests of its own: only that both types hold the same weights.
        double[] wide = LastLogits(RandomModel.Reference<double>(architecture, seed: 10), [1, 2, 3, 4]);
        float[] narrow = LastLogits(RandomModel.Reference<float>(architecture, seed: 10), [1, 2, 3, 4]);

        Expect.Near("logits", [wide.Length], wide, [.. narrow.Select(x => (double)x)], 1e-4);
    }

    public static TheoryData<Architecture> Architectures() => [.. Enum.GetValues<Architecture>()];

    private static T[] LastLogits<T>(ReferenceModel<T> model, int[] tokens)
        where T : System.Numerics.IFloatingPointIeee754<T>
    {
        var logits = new T[model.Config.Vocabulary];
        model.Logits(model.Forward(model.NewState(), tokens).AsSpan((tokens.Length - 1) * Embedding), logits);
        return logits;
    }

    private static double[] LogitsAfterLoss(ReferenceModel<double> model, Action<SequenceState> lose)
    {
        SequenceState state = model.NewState();
        model.Forward(state, [1, 2, 3, 4, 5, 6, 7, 8]);
        lose(state);
        var logits = new double[model.Config.Vocabulary];
        model.Logits(model.Forward(state, [9]), logits);
        return logits;
    }
}
