namespace Gdn.Harness.Clients;

/// <summary>A message of a conversation.</summary>
/// <param name="Role">Whose it is, in OpenAI's words: system, user or assistant.</param>
/// <param name="Text">Its text.</param>
public sealed record ChatMessage(string Role, string Text)
{
    /// <summary>Instructions.</summary>
    public const string System = "system";

    /// <summary>What is asked.</summary>
    public const string User = "user";

    /// <summary>What the model answered.</summary>
    public const string Assistant = "assistant";
}
