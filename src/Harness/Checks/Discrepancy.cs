namespace Gdn.Harness.Checks;

/// <summary>What a check holds against an engine: the first wrong value, and how much else is wrong.</summary>
/// <param name="Check">The check.</param>
/// <param name="Slots">np of the schedule.</param>
/// <param name="Origin">The row.</param>
/// <param name="Token">Vocabulary index of the logit; -1 when the engine failed.</param>
/// <param name="Expected">What it should be.</param>
/// <param name="Actual">What it is.</param>
/// <param name="Allowed">How far apart the two may be; 0 where bits must be equal.</param>
/// <param name="WrongRows">Rows with any wrong logit.</param>
/// <param name="Rows">Rows compared.</param>
/// <param name="Note">What was compared, in words.</param>
public sealed record Discrepancy(
    string Check, int Slots, RowOrigin Origin, int Token, double Expected, double Actual, double Allowed,
    int WrongRows, int Rows, string Note);
