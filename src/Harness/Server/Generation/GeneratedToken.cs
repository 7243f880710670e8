using Gdn.Harness.Metrics;

namespace Gdn.Harness.Server.Generation;

/// <summary>One token of an answer.</summary>
/// <param name="Id">The token.</param>
/// <param name="Text">Text of the answer that is certain since it came: not always its own, see <see cref="TextAssembler"/>.</param>
/// <param name="LogProbability">Of the token; null when it was not requested.</param>
/// <param name="Top">The likeliest tokens in its place.</param>
/// <param name="Drafted">Tokens drafted for the answer so far.</param>
/// <param name="Accepted">Of those, how many became part of it.</param>
internal sealed record GeneratedToken(
    int Id, string Text, double? LogProbability, IReadOnlyList<ScoredToken> Top, int Drafted, int Accepted);
