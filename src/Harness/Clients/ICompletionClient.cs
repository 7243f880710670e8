using Gdn.Reference;

namespace Gdn.Harness.Clients;

/// <summary>A client of a server that continues prompts.</summary>
public interface ICompletionClient : IDisposable
{
    /// <summary>What is known of the server.</summary>
    ServerInfo Info { get; }

    /// <summary>Requests the continuation of a prompt.</summary>
    /// <param name="request">The request.</param>
    /// <param name="received">Called with each part as it arrives; once with the whole where it is not streamed.</param>
    /// <param name="cancellation">Closes the connection, as a client that leaves.</param>
    /// <exception cref="BadAnswerException">The server refused, or its answer is not usable.</exception>
    /// <exception cref="EnvironmentException">The server cannot be reached, or died.</exception>
    Task<Completion> CompleteAsync(
        CompletionRequest request, Action<CompletionPart>? received, CancellationToken cancellation);

    /// <summary>The tokens of a text without any marks around it, or null where the server does not report them.</summary>
    Task<IReadOnlyList<int>?> TokenizeAsync(string text, CancellationToken cancellation);

    /// <summary>
    /// The tokens that the server computes for a prompt, with what its chat template puts around the messages; null where it does not
    /// report them.
    /// </summary>
    Task<IReadOnlyList<int>?> TokensOfAsync(Prompt prompt, CancellationToken cancellation) => Task.FromResult(prompt.Tokens);

    /// <summary>What was drafted since the server started, or null where it does not report it.</summary>
    Task<SpeculationTotals?> SpeculationAsync(CancellationToken cancellation);

    /// <summary>Does something with the state of a slot, once no request is answered there.</summary>
    /// <param name="action">What.</param>
    /// <param name="slot">The slot's number.</param>
    /// <param name="file">The file's name; null where the action needs none.</param>
    /// <param name="cancellation">Closes the connection.</param>
    /// <exception cref="BadAnswerException">The server does not offer it, or refused.</exception>
    Task SlotAsync(SlotAction action, int slot, string? file, CancellationToken cancellation) =>
        throw new BadAnswerException($"slot {slot}", "the server's slots cannot be named");
}
