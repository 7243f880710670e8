namespace Gdn.Harness.Traffic;

/// <summary>How much text the rounds have.</summary>
/// <param name="Answer">Tokens of an ordinary answer.</param>
/// <param name="Ubatch">Tokens that the server computes in one batch, which long prompts exceed.</param>
public sealed record RoundSizes(int Answer = 32, int Ubatch = 512)
{
    /// <summary>Tokens of an ordinary prompt: the codeword, some text, the question.</summary>
    public const int Prompt = 48;

    /// <summary>Tokens in a chunk of the delta rule in the engines there are: where tails of one token come from.</summary>
    public const int Chunk = 64;
}
