using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Gdn.Reference;
using Gdn.Reference.Batches;
using Xunit;

namespace Gdn.Properties.Reference.Batches;

public enum SlotOperation
{
    Add,
    Remove,
    Find,
}

/// <summary>One call on a slot map.</summary>
public readonly record struct SlotCommand(SlotOperation Operation, int Sequence)
{
    public override string ToString() => $"{Operation} {Sequence}";
}

/// <summary>A number of slots, and calls on few enough sequences that slots run out and are used again.</summary>
public sealed record SlotScript(int Slots, IReadOnlyList<SlotCommand> Commands)
{
    public override string ToString() => $"{Slots} slots: {string.Join(", ", Commands)}";
}

public static class SlotScripts
{
    public static Arbitrary<SlotScript> Any() => Arb.From(
        from slots in Gen.Choose(1, 5)
        from commands in Command.ListOf()
        select new SlotScript(slots, [.. commands]),
        script => Arb.Array(Arb.From(Command)).Shrinker([.. script.Commands])
            .Select(commands => script with { Commands = commands }));

    private static Gen<SlotCommand> Command =>
        from operation in Gen.Frequency(
            (3, Gen.Constant(SlotOperation.Add)), (2, Gen.Constant(SlotOperation.Remove)), (1, Gen.Constant(SlotOperation.Find)))
        from sequence in Gen.Choose(0, 7)
        select new SlotCommand(operation, sequence);
}

public class SlotMapTests
{
    [Property(Arbitrary = [typeof(SlotScripts)], MaxTest = 500)]
    public void Commands_AnyScript_AgreeWithADictionary(SlotScript script)
    {
        var map = new SlotMap(script.Slots);
        var model = new Dictionary<int, int>();
        foreach ((SlotOperation operation, int sequence) in script.Commands)
        {
            int held = model.GetValueOrDefault(sequence, -1);
            switch (operation)
            {
                case SlotOperation.Add when held < 0 && model.Count == script.Slots:
                    var error = Assert.Throws<InputException>(() => map.FindOrAdd(sequence));
                    Assert.Contains($"sequence {sequence}: all {script.Slots} slots are taken; clear", error.Message);
                    break;
                case SlotOperation.Add:
                    if (held < 0)
                        model[sequence] = held = Enumerable.Range(0, script.Slots).First(s => !model.ContainsValue(s));
                    Assert.Equal(held, map.FindOrAdd(sequence));
                    break;
                case SlotOperation.Remove:
                    Assert.Equal(held, map.Remove(sequence));
                    model.Remove(sequence);
                    break;
                case SlotOperation.Find:
                    Assert.Equal(held, map.Find(sequence));
                    break;
            }

            Assert.Equal(script.Slots, map.Count);
            Assert.Equal(script.Slots - model.Count, map.FreeCount);
            Assert.All(model, pair => Assert.Equal(pair.Value, map.Find(pair.Key)));
        }
    }

    [Fact]
    public void Constructor_NoSlots_Throws() => Assert.ThrowsAny<ArgumentException>(() => new SlotMap(0));
}
