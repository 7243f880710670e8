namespace Gdn.Harness.Clients;

/// <summary>Part of an answer, as it arrives.</summary>
/// <param name="Tokens">Its tokens.</param>
/// <param name="Text">Its text.</param>
public sealed record CompletionPart(IReadOnlyList<ServedToken> Tokens, string Text);
