using Gdn.Harness.Findings;
using Gdn.Harness.Reports;

namespace Gdn.Harness.Campaigns;

/// <summary>What was found out before speeds are compared.</summary>
/// <param name="Rows">A line for each check.</param>
/// <param name="Findings">What is wrong.</param>
/// <param name="Notes">Why something could not be looked at.</param>
internal sealed record CheckedFirst(IReadOnlyList<CompareRow> Rows, IReadOnlyList<Finding> Findings, IReadOnlyList<Note> Notes);
