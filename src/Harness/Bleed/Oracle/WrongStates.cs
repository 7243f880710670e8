namespace Gdn.Harness.Bleed.Oracle;

/// <summary>Single wrong states that were tried as an explanation.</summary>
/// <param name="Nearest">The nearest first.</param>
/// <param name="Tried">How many were tried.</param>
internal sealed record WrongStates(IReadOnlyList<Explanation> Nearest, int Tried);
