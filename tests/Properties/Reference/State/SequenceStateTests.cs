using FsCheck.Xunit;
using Gdn.Properties.Support;
using Gdn.Reference;
using Gdn.Reference.Models;
using Gdn.Reference.State;
using Xunit;

namespace Gdn.Properties.Reference.State;

/// <summary>The operations on a sequence's state, seen through what the model says next.</summary>
public class SequenceStateTests
{
    [Property(Arbitrary = [typeof(DraftScripts)], MaxTest = 200)]
    public void Rollback_AnyScript_EqualsNeverDrafted(DraftScript script)
    {
        ReferenceModel<double> model = RandomModel.Reference<double>(script.Architecture, script.Seed);
        var random = new Random(script.Seed);
        SequenceState drafted = model.NewState(script.Planes), plain = model.NewState();
        foreach (DraftRound round in script.Rounds)
        {
            int[] tokens = [.. Enumerable.Range(0, round.Tokens).Select(_ => random.Next(RandomModel.Vocabulary))];
            model.Forward(drafted, tokens);
            if (round.Rejected > 0) drafted.Rollback(round.Rejected);
            if (round.RejectedThen > 0) drafted.Rollback(round.RejectedThen);

            int accepted = round.Tokens - round.Rejected - round.RejectedThen;
            foreach (int token in tokens[..accepted]) model.Forward(plain, [token]);
            Assert.Equal(plain.NextPosition, drafted.NextPosition);
            Assert.Equal(
                Math.Min(script.Planes, round.Tokens) - 1 - round.Rejected - round.RejectedThen, drafted.RollbackLimit);
        }

        AssertSame(model, plain, drafted);
    }

    [Theory]
    [InlineData(1, 5, 0)]
    [InlineData(4, 1, 0)]
    [InlineData(4, 3, 2)]
    [InlineData(4, 4, 3)]
    [InlineData(4, 9, 3)]
    public void Rollback_BeyondTheLimit_ThrowsAndChangesNothing(int planes, int tokens, int limit)
    {
        ReferenceModel<double> model = RandomModel.Reference<double>(Architecture.Qwen35, seed: 1);
        SequenceState state = model.NewState(planes), untouched = model.NewState(planes);
        model.Forward(state, Tokens(tokens));
        model.Forward(untouched, Tokens(tokens));
        Assert.Equal(limit, state.RollbackLimit);

        var error = Assert.Throws<InputException>(() => state.Rollback(limit + 1));
        Assert.Throws<InputException>(() => state.Rollback(-1));

        Assert.Contains($"rollback: {limit + 1} tokens cannot be rolled back, at most {limit}; ", error.Message);
        AssertSame(model, untouched, state);
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public void Copy_EitherGoesOn_TheOtherIsAsItWas(Architecture architecture)
    {
        ReferenceModel<double> model = RandomModel.Reference<double>(architecture, seed: 2);
        SequenceState original = Fed(model, 7), copy = original.Copy();
        Assert.Equal((7, 0), (copy.NextPosition, copy.RollbackLimit));

        model.Forward(original, [1, 2, 3]);
        AssertSame(model, Fed(model, 7), copy);

        SequenceState source = Fed(model, 7);
        SequenceState other = source.Copy();
        model.Forward(other, [1, 2, 3]);
        other.Clear();
        AssertSame(model, Fed(model, 7), source);
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public void Copy_TakenBackLater_RestoresExactly(Architecture architecture)
    {
        // A snapshot is a copy, and restoring is copying it again: the snapshot must survive both.
        ReferenceModel<double> model = RandomModel.Reference<double>(architecture, seed: 4);
        SequenceState live = Fed(model, 6), snapshot = live.Copy();
        for (int attempt = 0; attempt < 2; attempt++)
        {
            model.Forward(live, [30, 20, 10]);
            live = snapshot.Copy();
            AssertSame(model, Fed(model, 6), snapshot.Copy());
        }

        AssertSame(model, Fed(model, 6), live);
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public void Clear_ThenFed_EqualsFresh(Architecture architecture)
    {
        ReferenceModel<double> model = RandomModel.Reference<double>(architecture, seed: 5);
        SequenceState state = Fed(model, 9);
        state.Clear();
        Assert.Equal((0, 0), (state.NextPosition, state.RollbackLimit));

        AssertSame(model, model.NewState(3), state);
    }

    [Fact]
    public void Constructor_NoPlanes_Throws() =>
        Assert.ThrowsAny<ArgumentException>(() => new SequenceState([], planes: 0));

    public static TheoryData<Architecture> Architectures() => [.. Enum.GetValues<Architecture>()];

    private static SequenceState Fed(ReferenceModel<double> model, int tokens)
    {
        SequenceState state = model.NewState(planes: 3);
        model.Forward(state, Tokens(tokens));
        return state;
    }

    private static int[] Tokens(int count) => [.. Enumerable.Range(0, count).Select(i => (7 * i + 3) % RandomModel.Vocabulary)];

    // Two states are the same if the model says the same after both, more than a conv window long.
    private static void AssertSame(ReferenceModel<double> model, SequenceState expected, SequenceState actual)
    {
        Assert.Equal(expected.NextPosition, actual.NextPosition);
        int[] tokens = Tokens(5);
        Expect.SameBits<double>(
            "hidden", [tokens.Length, model.Config.Embedding], model.Forward(expected, tokens), model.Forward(actual, tokens));
    }
}
