namespace Gdn.Harness.Bleed.Oracle;

/// <summary>States that a server may have taken for the right one: those after some first tokens of a sequence.</summary>
/// <param name="Tokens">The sequence.</param>
/// <param name="From">The fewest tokens after which it is tried; 0 only for the state that is all zero.</param>
/// <param name="Words">What the state after so many tokens is: "request 2 at its end".</param>
internal sealed record StateChain(int[] Tokens, int From, Func<int, string> Words)
{
    /// <summary>Whether only the state after all tokens is of interest.</summary>
    public bool IsEndOnly => From == Tokens.Length;
}
