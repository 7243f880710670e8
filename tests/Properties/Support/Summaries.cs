using Gdn.Harness.Checks;
using Gdn.Harness.Findings;

namespace Gdn.Properties.Support;

/// <summary>What is said of a discrepancy where it is reported.</summary>
internal static class Summaries
{
    public static string Summary(this Discrepancy discrepancy) => Finding.Of("id", "engine", discrepancy).Summary;
}
