using System.Globalization;

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
    int WrongRows, int Rows, string Note)
{
    /// <summary>One line with all coordinates.</summary>
    public string Summary => Token < 0 ? FailureSummary : string.Create(
        CultureInfo.InvariantCulture,
        $"{Check}: np {Slots}, step {Origin.Step}, sequence {Origin.Sequence} in slot {Slot}, position {Origin.Position}, "
        + $"logit of token {Token}: expected {Expected:G9}, actual {Actual:G9}, allowed difference {Allowed:G3}; "
        + $"{WrongRows} of {Rows} rows wrong ({Note})");

    // The engine gave no logits at all.
    private string FailureSummary => string.Create(
        CultureInfo.InvariantCulture,
        $"{Check}: np {Slots}, {(Origin.Step < 0 ? "before step 0" : $"step {Origin.Step}")}: {Note}");

    private string Slot => Origin.Slot < 0 ? "?" : Origin.Slot.ToString(CultureInfo.InvariantCulture);
}
