namespace Gdn.Harness.Perplexity;

/// <summary>Takes the logits of scored positions while an engine runs over a text, in any order.</summary>
internal interface IScoredRows
{
    /// <summary>Takes in a row.</summary>
    /// <param name="index">The number of the scored position: <see cref="ScoredText.IndexOf"/>.</param>
    /// <param name="logits">Its logits <c>[V]</c>, which are gone afterwards.</param>
    void Take(int index, ReadOnlySpan<float> logits);
}
