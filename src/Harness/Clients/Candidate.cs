namespace Gdn.Harness.Clients;

/// <summary>A token that could have been chosen.</summary>
/// <param name="Id">Token id, where the server reports it.</param>
/// <param name="Text">Its text; empty where only the id is reported.</param>
/// <param name="LogProbability">Natural logarithm of its probability, quirks of the server corrected.</param>
public readonly record struct Candidate(int? Id, string Text, double LogProbability)
{
    /// <summary>Whether it is that token: by id where both have one, by text otherwise.</summary>
    public bool Is(int? id, string text) => Id is { } mine && id is { } other ? mine == other : Text == text;
}
