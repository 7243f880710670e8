using static System.FormattableString;

namespace Gdn.Harness.Speculation;

/// <summary>
/// How right forced drafts are: rejections of every length and in every order can be had on any engine, whatever a draft layer
/// would be worth.
/// </summary>
/// <param name="Name">On the command line and in reports.</param>
/// <param name="Of">
/// For the sequence, the number of its draft and how many tokens are wanted: how many tokens to draft, and how many of them
/// to get right before the first wrong one.
/// </param>
internal sealed record ForcedPattern(string Name, Func<int, int, int, (int Drafted, int Right)> Of)
{
    /// <summary>All right: nothing is rejected.</summary>
    public static ForcedPattern Perfect { get; } = new("perfect", (_, _, count) => (count, count));

    /// <summary>All wrong: everything is rejected.</summary>
    public static ForcedPattern Wrong { get; } = new("wrong", (_, _, count) => (count, 0));

    /// <summary>All right and all wrong by turns.</summary>
    public static ForcedPattern Alternating { get; } =
        new("alternating", (_, round, count) => (count, round % 2 == 0 ? count : 0));

    /// <summary>
    /// Any number of tokens, none among them, and any number of these right; each sequence on its own, so that unlike drafts
    /// meet in one batch, and accepted drafts are followed by a step without any.
    /// </summary>
    public static ForcedPattern Mixed { get; } = new("mixed", (sequence, round, count) =>
    {
        var random = new SeededRandom(SeededRandom.Derive((ulong)sequence, (ulong)round));
        int drafted = random.Next(count + 1);
        return (drafted, random.Next(drafted + 1));
    });

    /// <summary>That many right, then all wrong: each time, the rest is rejected.</summary>
    public static ForcedPattern WrongFrom(int depth) =>
        new(Invariant($"wrong-from-{depth}"), (_, _, count) => (count, Math.Min(depth, count)));
}
