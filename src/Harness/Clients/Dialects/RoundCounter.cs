namespace Gdn.Harness.Clients.Dialects;

/// <summary>
/// Makes rounds of the running counts that come with each token (llama-server's <c>timings_per_token</c>). Drafted tokens are
/// counted with the first token of a round, accepted ones with it or with the tokens that they became.
/// </summary>
internal sealed class RoundCounter
{
    private readonly List<ServedRound> _rounds = [];
    private int _answered, _drafted, _accepted, _ofRound;
    private bool _isTold;

    /// <summary>The rounds; null where no counts came with tokens.</summary>
    public IReadOnlyList<ServedRound>? Rounds => _isTold ? _rounds : null;

    /// <summary>Adds a part of an answer.</summary>
    /// <param name="tokens">Tokens of the part; the last part may have none.</param>
    /// <param name="drafted">Tokens drafted so far.</param>
    /// <param name="accepted">Of those, accepted.</param>
    public void Add(int tokens, int drafted, int accepted)
    {
        (int newDrafts, int newlyAccepted) = (drafted - _drafted, accepted - _accepted);
        (_drafted, _accepted) = (drafted, accepted);
        if (tokens > 0)
        {
            _isTold = true;
            // The first token of an answer comes from the prompt.
            bool begins = _answered > 0
                && (_rounds.Count == 0 || newDrafts > 0 || (newlyAccepted == 0 && _ofRound > _rounds[^1].Accepted));
            if (begins)
            {
                _rounds.Add(new ServedRound(_answered, newDrafts, 0));
                _ofRound = 0;
            }
        }

        if (_rounds.Count > 0) _rounds[^1] = _rounds[^1] with { Accepted = _rounds[^1].Accepted + newlyAccepted };
        _answered += tokens;
        _ofRound += tokens;
    }
}
