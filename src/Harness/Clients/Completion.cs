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

/// <summary>A token of an answer. Some servers hand out several at once as a piece of text.</summary>
/// <param name="Id">Token id, where the server reports it.</param>
/// <param name="Text">Its text; empty where only the id is reported.</param>
/// <param name="LogProbability">
/// Natural logarithm of its probability; null where the server does not know it, NaN where it computed none.
/// </param>
/// <param name="Candidates">The likeliest tokens at this position, likeliest first; empty where not reported.</param>
public sealed record ServedToken(int? Id, string Text, double? LogProbability, IReadOnlyList<Candidate> Candidates)
{
    /// <summary>Whether both are the same token.</summary>
    public bool Is(ServedToken other) => new Candidate(Id, Text, 0).Is(other.Id, other.Text);

    /// <summary>For reports: <c>'text' (id)</c>.</summary>
    public string Name => Id is { } id ? Text.Length > 0 ? $"'{Printable}' ({id})" : $"token {id}" : $"'{Printable}'";

    private string Printable => Text.Replace("\n", "\\n", StringComparison.Ordinal);
}

/// <summary>What a server counts for a request; null where it does not report it.</summary>
/// <param name="Cached">Prompt tokens that it did not compute, because they were cached.</param>
/// <param name="Drafted">Tokens that a draft proposed.</param>
/// <param name="Accepted">Those of them that were accepted.</param>
public readonly record struct CompletionCounters(int? Cached, int? Drafted, int? Accepted);

/// <summary>Part of an answer, as it arrives.</summary>
/// <param name="Tokens">Its tokens.</param>
/// <param name="Text">Its text.</param>
public sealed record CompletionPart(IReadOnlyList<ServedToken> Tokens, string Text);

/// <summary>An answer. It has fewer tokens than requested where the server ended it.</summary>
/// <param name="Tokens">Its tokens.</param>
/// <param name="Text">Its text.</param>
/// <param name="Slot">The slot that answered, where the server reports it.</param>
/// <param name="Counters">What the server counted.</param>
public sealed record Completion(
    IReadOnlyList<ServedToken> Tokens, string Text, int? Slot, CompletionCounters Counters);
