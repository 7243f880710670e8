using System.Collections.Immutable;
using FsCheck;
using FsCheck.Experimental;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Gdn.Optimized.Batching;
using Gdn.Properties.Support;
using Xunit;

namespace Gdn.Properties.Optimized.Batching;

/// <summary>Any series of operations leaves a slot table as a plain dictionary of sequences has it.</summary>
public class SlotTableModelTests
{
    private const int Slots = 3, Planes = 3, Sequences = 5;

    private sealed record Standing(int Slot, int Position, int LivePlane, int RollbackLimit);

    [Property(MaxTest = 100)]
    public Property AnyOperations_AgreeWithTheModel() => new Machine().ToProperty();

    public static TheoryData<string, Action<SlotTable>> Slips => new()
    {
        { "release", table => table.Map.FindOrAdd(Sequences) },
        { "advance", table => table.ForbidRollback(0) },
        { "roll back", table => table.Set(1, table.Position(1)) },
        { "forbid", table => table.Advance(2, 1) },
    };

    [Theory]
    [MemberData(nameof(Slips))]
    public void AnyOperations_WithASlip_AreFound(string operation, Action<SlotTable> slip) => Assert.Contains(
        $"after {operation}", new Machine(operation, slip).Finding(), StringComparison.Ordinal);

    private sealed class Machine(string slipsAfter = "", Action<SlotTable>? slip = null)
        : Machine<SlotTable, ImmutableDictionary<int, Standing>>(maxNumberOfCommands: 40)
    {
        public override Arbitrary<Setup<SlotTable, ImmutableDictionary<int, Standing>>> Setup =>
            Gen.Constant<Setup<SlotTable, ImmutableDictionary<int, Standing>>>(
                new Start<SlotTable, ImmutableDictionary<int, Standing>>(
                    () => new SlotTable(Slots, Planes), ImmutableDictionary<int, Standing>.Empty)).ToArbitrary();

        public override Gen<Operation<SlotTable, ImmutableDictionary<int, Standing>>> Next(
            ImmutableDictionary<int, Standing> model) =>
            from sequence in Gen.Choose(0, Sequences - 1)
            from tokens in Gen.Choose(1, 4)
            from operation in Gen.Elements(
                Begin(sequence, tokens), Advance(sequence, tokens), Rollback(sequence, tokens), Forbid(sequence),
                Release(sequence))
            select (Operation<SlotTable, ImmutableDictionary<int, Standing>>)(
                slip is null ? operation : operation.WithSlip(slipsAfter, slip));
    }

    private static Step<SlotTable, ImmutableDictionary<int, Standing>> Begin(int sequence, int position) => Of(
        $"begin {sequence} at {position}",
        model => model.ContainsKey(sequence) || model.Count < Slots,
        model => model.SetItem(sequence, new Standing(SlotFor(model, sequence), position, 0, 0)),
        table => table.Set(table.Map.FindOrAdd(sequence), position));

    private static Step<SlotTable, ImmutableDictionary<int, Standing>> Advance(int sequence, int tokens) => Of(
        $"advance {sequence} by {tokens}",
        model => model.ContainsKey(sequence),
        model => model.SetItem(sequence, model[sequence] with
        {
            Position = model[sequence].Position + tokens,
            LivePlane = 0,
            RollbackLimit = Math.Min(Planes, tokens) - 1,
        }),
        table => table.Advance(table.SlotOfExisting(sequence), tokens));

    private static Step<SlotTable, ImmutableDictionary<int, Standing>> Rollback(int sequence, int tokens) => Of(
        $"roll back {tokens} of {sequence}",
        model => model.TryGetValue(sequence, out Standing? standing) && tokens <= standing.RollbackLimit,
        model => model.SetItem(sequence, model[sequence] with
        {
            Position = model[sequence].Position - tokens,
            LivePlane = model[sequence].LivePlane + tokens,
            RollbackLimit = model[sequence].RollbackLimit - tokens,
        }),
        table => table.Rollback(table.SlotOfExisting(sequence), tokens));

    private static Step<SlotTable, ImmutableDictionary<int, Standing>> Forbid(int sequence) => Of(
        $"forbid rollback of {sequence}",
        model => model.ContainsKey(sequence),
        model => model.SetItem(sequence, model[sequence] with { RollbackLimit = 0 }),
        table => table.ForbidRollback(table.SlotOfExisting(sequence)));

    private static Step<SlotTable, ImmutableDictionary<int, Standing>> Release(int sequence) => Of(
        $"release {sequence}", _ => true, model => model.Remove(sequence), table => table.Map.Remove(sequence));

    private static Step<SlotTable, ImmutableDictionary<int, Standing>> Of(
        string name, Func<ImmutableDictionary<int, Standing>, bool> isPossible,
        Func<ImmutableDictionary<int, Standing>, ImmutableDictionary<int, Standing>> onModel, Action<SlotTable> onActual) =>
        new(name, isPossible, onModel, onActual, Difference);

    private static int SlotFor(ImmutableDictionary<int, Standing> model, int sequence) =>
        model.TryGetValue(sequence, out Standing? standing)
            ? standing.Slot
            : Enumerable.Range(0, Slots).First(slot => model.Values.All(other => other.Slot != slot));

    private static string? Difference(SlotTable table, ImmutableDictionary<int, Standing> model)
    {
        if (table.Map.FreeCount != Slots - model.Count) return $"{table.Map.FreeCount} slots free";
        for (int sequence = 0; sequence < Sequences; sequence++)
        {
            int slot = table.Map.Find(sequence);
            Standing? actual = slot < 0
                ? null
                : new Standing(slot, table.NextPosition(sequence), table.LivePlane[slot], table.RollbackLimit(slot));
            Standing? expected = model.GetValueOrDefault(sequence);
            if (actual != expected) return $"sequence {sequence} is {actual}, expected {expected}";
            if (slot < 0 && table.NextPosition(sequence) != 0) return $"sequence {sequence} has a position but no slot";
        }

        return null;
    }
}
