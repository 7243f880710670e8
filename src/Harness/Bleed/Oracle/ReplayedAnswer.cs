using Gdn.Harness.Server.Generation;
using Gdn.Harness.Speculation;

namespace Gdn.Harness.Bleed.Oracle;

/// <summary>
/// An answer that a server has given, on an engine of our own: its tokens are chosen, whatever the logits are, which are compared
/// with what the server reports. After the last it goes on with the likeliest, as for a client that left.
/// </summary>
/// <param name="request">What was asked.</param>
/// <param name="cachedTokens">Tokens of the prompt whose state was known.</param>
/// <param name="answer">What was answered.</param>
internal sealed class ReplayedAnswer(GenerationRequest request, int cachedTokens, ForcedAnswer answer) : Answer(request, cachedTokens)
{
    /// <summary>What the engine says of each token; null of those not reached.</summary>
    public ForcedPosition?[] Positions { get; } = new ForcedPosition?[answer.Tokens.Count];

    /// <inheritdoc/>
    protected override (int Token, StopReason? Stop) Choose(ReadOnlySpan<float> logits)
    {
        if (Count >= Positions.Length) return (Sampler.Likeliest.Choose(logits), null);
        Positions[Count] = ForcedPosition.Of(logits, answer.Tokens[Count], _ => true);
        return (answer.Tokens[Count].Id!.Value, null);
    }
}
