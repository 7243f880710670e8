using FsCheck;
using FsCheck.Fluent;
using Gdn.Reference.Models;

namespace Gdn.Properties.Reference.Models;

/// <summary>One call on an engine. One that cannot be made as things stand is skipped, so that scripts shrink freely.</summary>
public abstract record EngineCommand
{
    /// <summary>A batch.</summary>
    /// <param name="Sequences">The sequence of each token.</param>
    /// <param name="Restart">A sequence that starts afresh at position 0, or null.</param>
    /// <param name="Gap">Whether the last token skips a position, so that the batch must be refused.</param>
    public sealed record Decode(IReadOnlyList<int> Sequences, int? Restart, bool Gap) : EngineCommand
    {
        public override string ToString() =>
            $"decode {string.Join(' ', Sequences)}{(Restart is null ? "" : $" restarting {Restart}")}{(Gap ? " with a gap" : "")}";
    }

    public sealed record Clear(int Sequence) : EngineCommand;

    public sealed record Copy(int Source, int Target) : EngineCommand;

    /// <summary>Takes the snapshot that later restores give back.</summary>
    public sealed record Save(int Sequence) : EngineCommand;

    public sealed record Restore(int Sequence) : EngineCommand;

    /// <summary>Takes back <paramref name="Tokens"/> tokens, modulo what is allowed.</summary>
    public sealed record Rollback(int Sequence, int Tokens) : EngineCommand;
}

/// <summary>Calls on an engine with fewer slots than there are sequences; tokens follow from the seed.</summary>
public sealed record EngineScript(Architecture Architecture, int Seed, int Planes, IReadOnlyList<EngineCommand> Commands)
{
    public const int Sequences = 5, Slots = 3;

    public override string ToString() =>
        $"{Architecture}, seed {Seed}, {Planes} planes: {string.Join("; ", Commands)}";
}

public static class EngineScripts
{
    public static Arbitrary<EngineScript> Any() => Arb.From(
        from architecture in Gen.Elements(Enum.GetValues<Architecture>())
        from seed in Gen.Choose(0, int.MaxValue)
        from planes in Gen.Choose(1, 4)
        from count in Gen.Choose(1, 12)
        from commands in Command.ListOf(count)
        select new EngineScript(architecture, seed, planes, [.. commands]),
        script => Arb.Array(Arb.From(Command, Shrink)).Shrinker([.. script.Commands])
            .Select(commands => script with { Commands = commands })
            .Concat(script.Planes > 1 ? [script with { Planes = script.Planes - 1 }] : []));

    private static Gen<int> Sequence => Gen.Choose(0, EngineScript.Sequences - 1);

    private static Gen<EngineCommand> Command => Gen.Frequency(
        (8, Decode),
        (1, Sequence.Select(EngineCommand (s) => new EngineCommand.Clear(s))),
        (1, from source in Sequence from target in Sequence select (EngineCommand)new EngineCommand.Copy(source, target)),
        (1, Sequence.Select(EngineCommand (s) => new EngineCommand.Save(s))),
        (1, Sequence.Select(EngineCommand (s) => new EngineCommand.Restore(s))),
        (3, from s in Sequence from n in Gen.Choose(0, 9) select (EngineCommand)new EngineCommand.Rollback(s, n)));

    // Batches over two or three sequences at a time, of a few tokens each, half of them grouped.
    private static Gen<EngineCommand> Decode =>
        from pool in Sequence.ListOf(3)
        from count in Gen.Choose(1, 9)
        from members in Gen.Elements(pool.ToArray()).ListOf(count)
        from grouped in Gen.Elements(false, true)
        from fate in Gen.Choose(0, 9)
        select (EngineCommand)new EngineCommand.Decode(
            [.. grouped ? members.Order() : members.AsEnumerable()], Restart: fate < 2 ? members[0] : null, Gap: fate == 9);

    private static IEnumerable<EngineCommand> Shrink(EngineCommand command)
    {
        if (command is not EngineCommand.Decode decode) yield break;
        if (decode.Gap) yield return decode with { Gap = false };
        if (decode.Restart is not null) yield return decode with { Restart = null };
        int[] members = [.. decode.Sequences];
        for (int i = 0; i < members.Length && members.Length > 1; i++)
            yield return decode with { Sequences = [.. members[..i], .. members[(i + 1)..]] };
    }
}
