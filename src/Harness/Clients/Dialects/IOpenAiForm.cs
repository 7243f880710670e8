using System.Text.Json.Nodes;
using Gdn.Harness.Clients.Http;

namespace Gdn.Harness.Clients.Dialects;

/// <summary>What differs between the two routes of OpenAI's API.</summary>
internal interface IOpenAiForm
{
    /// <summary>Puts a prompt into a request.</summary>
    /// <param name="body">The request.</param>
    /// <param name="prompt">The prompt.</param>
    /// <param name="candidates">How many of the likeliest tokens are wanted at each position; 0 for no log-probabilities.</param>
    void Ask(JsonObject body, Prompt prompt, int candidates);

    /// <summary>The text of a choice, or of a part of it.</summary>
    string Text(AnswerJson choice);
}
