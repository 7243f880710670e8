using Gdn.Harness.Schedules;

namespace Gdn.Harness.Speculation;

/// <summary>What a <see cref="SpeculativeDecoder"/> did.</summary>
/// <param name="Answers">The answer to each prompt.</param>
/// <param name="Schedule">Everything that the engine was asked to do, to be played again or judged like any other schedule.</param>
/// <param name="Decoding">How long it took after the prompts were read: drafts, batches and rollbacks.</param>
/// <param name="Drafting">How much of that the drafts took.</param>
internal sealed record SpeculativeRun(
    IReadOnlyList<DraftedAnswer> Answers, Schedule Schedule, TimeSpan Decoding, TimeSpan Drafting);
