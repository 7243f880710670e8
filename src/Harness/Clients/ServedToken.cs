namespace Gdn.Harness.Clients;

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
