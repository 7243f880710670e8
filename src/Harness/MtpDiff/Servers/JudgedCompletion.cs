using Gdn.Harness.Clients;
using Gdn.Harness.Divergence;

namespace Gdn.Harness.MtpDiff.Servers;

/// <summary>An answer of a server, and how long its tokens took after the first.</summary>
/// <param name="Completion">The answer.</param>
/// <param name="Time">From its first part to its end.</param>
internal sealed record TimedCompletion(Completion Completion, TimeSpan Time);

/// <summary>An answer of an arm, and how it differs from that without drafts.</summary>
/// <param name="Plain">The answer without drafts.</param>
/// <param name="Completion">The answer.</param>
/// <param name="Judgement">How it differs.</param>
internal sealed record JudgedCompletion(Completion Plain, Completion Completion, Judgement Judgement);
