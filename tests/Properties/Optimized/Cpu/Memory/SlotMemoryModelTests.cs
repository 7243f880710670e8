using System.Collections.Immutable;
using FsCheck;
using FsCheck.Experimental;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Gdn.Optimized.Batching;
using Gdn.Optimized.Cpu;
using Gdn.Optimized.Cpu.Memory;
using Gdn.Properties.Support;
using Gdn.Reference.Models;
using Xunit;

namespace Gdn.Properties.Optimized.Cpu.Memory;

/// <summary>
/// Any series of operations on a slot table and the memory beside it leaves every sequence with its own content, as in a plain
/// dictionary that gives each sequence a history of marks.
/// </summary>
public class SlotMemoryModelTests
{
    private const int Slots = 3, Planes = 3, Sequences = 5, MaxPositions = 64;

    private static readonly CpuOptions Options =
        new RandomModel(Architecture.Qwen35, seed: 1).Options(Slots, maxBatchTokens: 8, MaxPositions, Planes);

    // A sequence is the marks of its tokens; its recurrent state is the last mark, its keys are all of them.
    private sealed record Contents(ImmutableList<int> Marks, int RollbackLimit);

    private sealed record Model(
        ImmutableDictionary<int, Contents> Live, ImmutableDictionary<int, ImmutableList<int>> Snapshots, int NextMark)
    {
        public bool CanBegin(int sequence) => Live.ContainsKey(sequence) || Live.Count < Slots;
    }

    public sealed class Subject
    {
        internal SlotTable Slots { get; } = new(SlotMemoryModelTests.Slots, Planes);

        internal HostStates States { get; } = new(Options);

        internal SlotMemory Memory => field ??= new SlotMemory(Options, States);

        public Dictionary<int, SlotSnapshot> Snapshots { get; } = [];

        public int NextMark { get; set; } = 1;
    }

    [Property(MaxTest = 100)]
    public Property AnyOperations_AgreeWithTheModel() => new Machine().ToProperty();

    // Each touches slot 0, whoever is there.
    public static TheoryData<string, Action<Subject>> Slips => new()
    {
        { "free", subject => subject.States.Store(1).Delta.Fill(subject.Slots.LivePlane[0], 1, 0) },
        {
            "copy", subject => subject.States.Store(1).Conv.Copy(
                subject.States.Store(1).Row(1, 0), subject.Slots.LivePlane[0])
        },
        { "import", subject => subject.Memory.Attention(0).Fill(0, 0) },
        { "roll back", subject => subject.Slots.Set(0, subject.Slots.Position(0)) },
    };

    [Theory]
    [MemberData(nameof(Slips))]
    public void AnyOperations_WithASlip_AreFound(string operation, Action<Subject> slip) => Assert.Contains(
        $"after {operation}", new Machine(operation, slip).Finding(), StringComparison.Ordinal);

    private sealed class Machine(string slipsAfter = "", Action<Subject>? slip = null)
        : Machine<Subject, Model>(maxNumberOfCommands: 40)
    {
        public override Arbitrary<Setup<Subject, Model>> Setup => Gen.Constant<Setup<Subject, Model>>(
            new Start<Subject, Model>(
                () => new Subject(),
                new Model(
                    ImmutableDictionary<int, Contents>.Empty, ImmutableDictionary<int, ImmutableList<int>>.Empty, 1))).ToArbitrary();

        public override Gen<Operation<Subject, Model>> Next(Model model) =>
            from sequence in Gen.Choose(0, Sequences - 1)
            from other in Gen.Choose(0, Sequences - 1)
            from tokens in Gen.Choose(1, 4)
            from operation in Gen.Frequency(
                (4, Gen.Constant(Write(sequence, tokens))),
                (2, Gen.Constant(Rollback(sequence, tokens))),
                (1, Gen.Constant(Free(sequence))),
                (1, Gen.Constant(Copy(sequence, other))),
                (1, Gen.Constant(Export(sequence, other))),
                (1, Gen.Constant(Import(sequence, other))))
            select (Operation<Subject, Model>)(slip is null ? operation : operation.WithSlip(slipsAfter, slip));
    }

    // What a run does: marks for the tokens, one plane per state kept, newest first.
    private static Step<Subject, Model> Write(int sequence, int tokens) => Of(
        $"write {tokens} tokens of {sequence}",
        model => model.CanBegin(sequence)
            && (model.Live.GetValueOrDefault(sequence)?.Marks.Count ?? 0) + tokens <= MaxPositions,
        model => model with
        {
            Live = model.Live.SetItem(sequence, new Contents(
                [.. model.Live.GetValueOrDefault(sequence)?.Marks ?? [], .. Enumerable.Range(model.NextMark, tokens)],
                Math.Min(Planes, tokens) - 1)),
            NextMark = model.NextMark + tokens,
        },
        subject =>
        {
            SlotTable slots = subject.Slots;
            bool isNew = slots.Map.Find(sequence) < 0;
            int slot = slots.Map.FindOrAdd(sequence);
            if (isNew) slots.Set(slot, 0);
            if (isNew) subject.Memory.Zero(slot);
            int position = slots.Position(slot);
            subject.Memory.Reserve(slot, position + tokens);
            for (int t = 0; t < tokens; t++) MarkToken(subject.Memory, slot, position + t, subject.NextMark + t);
            for (int plane = 0; plane < Math.Min(Planes, tokens); plane++)
                MarkPlane(subject.States, slot, plane, subject.NextMark + tokens - 1 - plane);
            slots.Advance(slot, tokens);
            subject.NextMark += tokens;
        });

    private static Step<Subject, Model> Rollback(int sequence, int tokens) => Of(
        $"roll back {tokens} of {sequence}",
        model => model.Live.TryGetValue(sequence, out Contents? contents) && tokens <= contents.RollbackLimit,
        model => model with
        {
            Live = model.Live.SetItem(sequence, new Contents(
                [.. model.Live[sequence].Marks.SkipLast(tokens)], model.Live[sequence].RollbackLimit - tokens)),
        },
        subject => subject.Slots.Rollback(subject.Slots.SlotOfExisting(sequence), tokens));

    private static Step<Subject, Model> Free(int sequence) => Of(
        $"free {sequence}", _ => true, model => model with { Live = model.Live.Remove(sequence) },
        subject => subject.Slots.Map.Remove(sequence));

    private static Step<Subject, Model> Copy(int source, int target) => Of(
        $"copy {source} to {target}",
        model => source != target && model.Live.ContainsKey(source) && model.CanBegin(target),
        model => model with { Live = model.Live.SetItem(target, model.Live[source] with { RollbackLimit = 0 }) },
        subject =>
        {
            SlotTable slots = subject.Slots;
            int from = slots.SlotOfExisting(source), to = slots.Map.FindOrAdd(target);
            subject.Memory.Copy(from, slots.LivePlane[from], to, slots.Position(from));
            slots.Set(to, slots.Position(from));
        });

    private static Step<Subject, Model> Export(int sequence, int snapshot) => Of(
        $"export {sequence} as #{snapshot}",
        model => model.Live.ContainsKey(sequence),
        model => model with { Snapshots = model.Snapshots.SetItem(snapshot, model.Live[sequence].Marks) },
        subject =>
        {
            int slot = subject.Slots.SlotOfExisting(sequence);
            subject.Snapshots[snapshot] =
                subject.Memory.Export(slot, subject.Slots.LivePlane[slot], subject.Slots.Position(slot));
        });

    private static Step<Subject, Model> Import(int sequence, int snapshot) => Of(
        $"import {sequence} from #{snapshot}",
        model => model.Snapshots.ContainsKey(snapshot) && model.CanBegin(sequence),
        model => model with { Live = model.Live.SetItem(sequence, new Contents(model.Snapshots[snapshot], 0)) },
        subject =>
        {
            int slot = subject.Slots.Map.FindOrAdd(sequence);
            subject.Memory.Import(slot, subject.Snapshots[snapshot]);
            subject.Slots.Set(slot, subject.Snapshots[snapshot].NextPosition);
        });

    private static Step<Subject, Model> Of(
        string name, Func<Model, bool> isPossible, Func<Model, Model> onModel, Action<Subject> onActual) =>
        new(name, isPossible, onModel, onActual, Difference);

    private static void MarkToken(SlotMemory memory, int slot, int position, int mark)
    {
        KeyValueStore store = memory.Attention(0);
        store.Keys(slot, position + 1).Slice(position * store.KeyLength, store.KeyLength).Fill(mark);
        store.Values(slot, position + 1).Slice(position * store.ValueLength, store.ValueLength).Fill(-mark);
    }

    private static void MarkPlane(HostStates states, int slot, int plane, int mark)
    {
        RecurrentStore store = states.Store(1);
        store.Delta.Fill(store.Row(slot, plane), 1, mark);
        store.Conv.Fill(store.Row(slot, plane), 1, -mark);
    }

    private static string? Difference(Subject subject, Model model)
    {
        foreach ((int sequence, Contents contents) in model.Live)
        {
            int slot = subject.Slots.Map.Find(sequence);
            if (slot < 0) return $"sequence {sequence} has no slot";
            int position = subject.Slots.Position(slot);
            if (position != contents.Marks.Count) return $"sequence {sequence} is at {position}, expected {contents.Marks.Count}";

            RecurrentStore recurrent = subject.States.Store(1);
            int row = recurrent.Row(slot, subject.Slots.LivePlane[slot]), mark = contents.Marks[^1];
            if (recurrent.Delta.InPlace(row).ContainsAnyExcept(mark)) return $"S of sequence {sequence} is not {mark}";
            if (recurrent.Conv.InPlace(row).ContainsAnyExcept(-mark)) return $"the window of sequence {sequence} is not {-mark}";

            KeyValueStore attention = subject.Memory.Attention(0);
            for (int t = 0; t < position; t++)
                if (attention.Keys(slot, position).Slice(t * attention.KeyLength, attention.KeyLength)
                        .ContainsAnyExcept(contents.Marks[t])
                    || attention.Values(slot, position).Slice(t * attention.ValueLength, attention.ValueLength)
                        .ContainsAnyExcept(-contents.Marks[t]))
                    return $"keys or values of sequence {sequence} at {t} are not {contents.Marks[t]}";
        }

        return null;
    }
}
