using Gdn.Harness.Clients;

namespace Gdn.Harness.Divergence;

/// <summary>The side of a comparison that is taken as right. It can continue a given text.</summary>
internal interface IExpectedSide
{
    /// <summary>Tokens that its answers may lack at their end although nothing is wrong.</summary>
    int TokensShort => 0;

    /// <summary>Continues a prompt greedily after a given beginning of the answer (teacher forcing).</summary>
    /// <param name="prompt">The prompt.</param>
    /// <param name="beginning">Tokens that stand for the beginning of its answer, no matter which side chose them.</param>
    /// <param name="count">How many tokens are wanted.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>The tokens that follow; null where that beginning cannot be put into a prompt.</returns>
    Task<IReadOnlyList<ServedToken>?> ContinueAsync(
        Prompt prompt, IReadOnlyList<ServedToken> beginning, int count, CancellationToken cancellation);
}
