using Gdn.Harness.Checks;
using Gdn.Harness.Checks.Attribution;
using Gdn.Harness.Engines;
using Gdn.Harness.Models;
using Gdn.Harness.Schedules;
using Gdn.Properties.Support;
using Gdn.Reference.Engines;
using Xunit;

namespace Gdn.Properties.Harness.Checks.Attribution;

/// <summary>A wrong state is found wherever it has entered: batches before the answer that shows it, or in the midst of a run.</summary>
public class UnseenTokensTests
{
    private static readonly LoadedModel Model = LoadedModel.Load("synth:qwen35:1:tiny");

    private static int[] Tokens(int count, int from = 1) => [.. Enumerable.Range(from, count)];

    private static DecodeStep Decode(int sequence, params int[] tokens) => new([new SequenceRun(sequence, tokens)]);

    private static DecodeStep Silent(int sequence, params int[] tokens) => new([new SequenceRun(sequence, tokens, Silent: true)]);

    private static DecodeStep LastOnly(params SequenceRun[] runs) => new(runs, LastOnly: true);

    private static StateAttribution? Explain(IEngineFactory engine, params ScheduleStep[] steps) => FindingCause.StateOf(
        new ModelCase(new Schedule(4, 1, steps), engine, Model), new DifferentialCheck(), CancellationToken.None);

    private static void Names(StateCause cause, string words, StateAttribution? found)
    {
        Assert.NotNull(found);
        Assert.Equal(cause, found.Cause);
        Assert.Equal(words, found.Explanations[0].Words);
    }

    [Fact]
    public void Explain_StatesAreNotTamperedWith_NothingToExplain() => Assert.Null(Explain(
        new TamperedSource((_, _) => null), Silent(0, Tokens(20)), new CopyStep(0, 1), LastOnly(new(0, [3]), new(1, Tokens(20)))));

    [Fact]
    public void Explain_EnteredBeforeSilentSlices_NamesWhereItDid()
    {
        using NamedEngine engine = EngineCatalog.Parse("cpu+fault:slot-reuse-no-zero");
        Names(
            StateCause.MissingReset, "sequence 7, at position 0, continues from the state that sequence 4 left at position 3",
            Explain(engine, Decode(4, 1, 2, 3), new ClearStep(4), Silent(7, 5, 6), Silent(7, 9), Decode(7, 8)));
    }

    [Fact]
    public void Explain_EnteredInWhatASequenceIsACopyOf_NamesTheSource() => Names(
        StateCause.DroppedCarry, "sequence 0, at position 2, continues from a zero state",
        Explain(
            new TamperedSource((engine, turn) => turn is { Sequence: 0, Position: 2 } ? engine.Zero : null),
            Decode(0, 1, 2), Silent(0, 3, 4), new CopyStep(0, 1), Decode(1, 5)));

    [Fact]
    public void Explain_LostAtTheEndOfABlock_NamesThePosition() => Names(
        StateCause.DroppedCarry, "sequence 0, at position 16, continues from a zero state",
        Explain(
            new TamperedSource((engine, turn) => turn.Position == 16 ? engine.Zero : null), LastOnly(new SequenceRun(0, Tokens(40)))));

    // Each block begins from the state that the one before began from: the first that shows is explained, not all of them.
    [Fact]
    public void Explain_StaleAtEveryBlockOfARun_NamesTheFirst() => Names(
        StateCause.StaleState, "sequence 0, at position 19, continues from its own state of 16 tokens before",
        Explain(
            new TamperedSource((engine, turn) => turn is { Position: > 3, Token: > 0 } && turn.Token % 16 == 0
                ? engine.Past(turn.Sequence, turn.Position - 16)
                : null),
            Decode(0, 90, 91, 92), Decode(0, Tokens(40))));

    [Fact]
    public void Explain_AnothersAtTheEndOfABlock_NamesTheDonor()
    {
        StateAttribution? found = Explain(
            new TamperedSource((engine, turn) => turn is { Sequence: 1, Token: 32 } ? engine.Past(0, 32) : null),
            LastOnly(new(0, Tokens(40)), new(1, Tokens(36, from: 100))));
        Names(StateCause.OtherSequence, "sequence 1, at position 32, continues from the state of sequence 0 at position 32", found);
        Assert.Equal(0, found!.Donor);
    }

    [Fact]
    public void Explain_TokenAbsorbedTwice_SaysSo() => Names(
        StateCause.AheadState, "sequence 0, at position 2, continues from its own state, already with the token itself",
        Explain(
            new TamperedSource((engine, turn) => turn.Position == 2 ? engine.With(0, turn.Run[turn.Token]) : null),
            Decode(0, 1, 2), Decode(0, 3), Decode(0, 4)));

    [Theory]
    [InlineData(0, 3, "0")]
    [InlineData(255, 11, "255")]
    [InlineData(5, 3, "5")]
    public void Explain_PaddingAbsorbed_SaysHowMuch(int token, int count, string each) => Names(
        StateCause.AheadState, $"sequence 0, at position 5, continues from its own state with {count} tokens of padding, each {each}",
        Explain(
            new TamperedSource((engine, turn) => turn.Position == 5 ? engine.With(0, [.. Enumerable.Repeat(token, count)]) : null),
            Decode(0, Tokens(5)), Decode(0, 77)));

    [Fact]
    public void Explain_WhatAGoneSequenceHeldOnItsWay_NamesIt()
    {
        StateAttribution? found = Explain(
            new TamperedSource((engine, turn) => turn is { Sequence: 2, Position: 0 } ? engine.Past(1, 5) : null),
            Decode(1, Tokens(20)), new ClearStep(1), Decode(2, 50, 51));
        Names(StateCause.MissingReset, "sequence 2, at position 0, continues from the state that sequence 1 left at position 5", found);
        Assert.Equal(1, found!.Donor);
    }

    /// <summary>A state that is nobody's is not taken for the nearest that somebody had.</summary>
    [Fact]
    public void Explain_NobodysState_IsNotExplained()
    {
        StateAttribution found = Explain(
            new TamperedSource((engine, turn) => turn.Position == 20 ? engine.With(0, 200, 201, 202) : null),
            Decode(0, Tokens(20)), Silent(1, Tokens(9, from: 60)), Decode(0, 77))!;
        Assert.False(found.IsExplained, found.ToString());
        Assert.StartsWith("unexplained", found.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Before_AnswersThatAreRight_EndTheSearch()
    {
        var schedule = new Schedule(1, 1, [Decode(0, Tokens(20)), Decode(0, Tokens(3)), Decode(0, 9)]);
        RowOrigin[] right = [new(0, 0, 17, 0), new(1, 0, 20, 0)];
        Assert.Equal([23, 22, 21, 20], Positions(schedule with { Steps = [Silent(0, Tokens(20)), Decode(0, 1), Decode(0, 2), Decode(0, 3), Decode(0, 4)] }, 4, 23, [new(0, 0, 19, 0)]));
        Assert.Equal([23], Positions(schedule, 2, 23, right));
        Assert.Equal([23, 20], Positions(schedule, 2, 23, right[..1]));
        Assert.Equal([23, 20, 0, 16], Positions(schedule, 2, 23, []));
    }

    private static IEnumerable<int> Positions(Schedule schedule, int step, int position, IEnumerable<RowOrigin> right) =>
        UnseenTokens.Before(schedule, new RowOrigin(step, 0, position, 0), right).Select(entry => entry.Position);
}
