using Gdn.Reference;

namespace Gdn.Harness.Clients;

/// <summary>A server that continues prompts.</summary>
public interface ICompletionClient : IDisposable
{
    /// <summary>What is known of it.</summary>
    ServerInfo Info { get; }

    /// <summary>Has a prompt continued.</summary>
    /// <param name="request">What is asked.</param>
    /// <param name="received">Called with each part as it arrives; once with the whole where it is not streamed.</param>
    /// <param name="cancellation">Closes the connection, as a client does that goes away.</param>
    /// <exception cref="BadAnswerException">The server refused, or what came is no answer to this.</exception>
    /// <exception cref="EnvironmentException">The server cannot be reached, or died.</exception>
    Task<Completion> CompleteAsync(
        CompletionRequest request, Action<CompletionPart>? received, CancellationToken cancellation);

    /// <summary>The tokens of a text without any marks around it, or null where the server does not tell.</summary>
    Task<IReadOnlyList<int>?> TokenizeAsync(string text, CancellationToken cancellation);

    /// <summary>Tokens drafted since the server started, or null where it does not tell.</summary>
    Task<long?> DraftedAsync(CancellationToken cancellation);
}
