namespace Gdn.Harness.Models;

/// <summary>What a vocabulary makes of text that holds none of the tokens found before all others.</summary>
internal interface ITextEncoder
{
    /// <summary>Adds the tokens of a fragment.</summary>
    /// <param name="fragment">Not empty.</param>
    /// <param name="starts">Whether it starts the text, or follows a token that was found in it.</param>
    /// <param name="ids">Receives the tokens.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="Gdn.Reference.InputException">A character has no tokens.</exception>
    void Encode(string fragment, bool starts, List<int> ids, CancellationToken cancellation);
}
