using Gdn.Harness.Schedules;

namespace Gdn.Harness.Checks.Attribution;

/// <summary>A state that an engine may have used in place of the right one.</summary>
/// <param name="Cause">What that would mean.</param>
/// <param name="History">The tokens that it has absorbed.</param>
/// <param name="Words">What it is, with <c>{0}</c> for the part: "the {0} of sequence 1".</param>
/// <param name="Donor">The other sequence whose state or tokens are in it; null where it is the sequence's own, or nobody's.</param>
internal sealed record CandidateState(StateCause Cause, TokenHistory History, string Words, int? Donor = null);
