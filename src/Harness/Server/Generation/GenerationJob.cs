using System.Threading.Channels;

namespace Gdn.Harness.Server.Generation;

/// <summary>
/// A request on its way. The scheduler writes tokens, and a summary after the last; the client's side reads them, and may
/// give up at any time. The context bounds how many tokens can lie between.
/// </summary>
internal sealed class GenerationJob(GenerationRequest request) : IJob
{
    private readonly Channel<GeneratedToken> _tokens = Channel.CreateUnbounded<GeneratedToken>(
        new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });

    private readonly TaskCompletionSource<GenerationSummary> _summary =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private volatile bool _isCancelled;

    /// <summary>What the client wants.</summary>
    public GenerationRequest Request { get; } = request;

    /// <summary>Whether the client has given up.</summary>
    public bool IsCancelled => _isCancelled;

    /// <summary>The answer as it comes. Throws what <see cref="Fail"/> was given.</summary>
    public IAsyncEnumerable<GeneratedToken> Tokens(CancellationToken cancellation) =>
        _tokens.Reader.ReadAllAsync(cancellation);

    /// <summary>The summary, available after the last token.</summary>
    public Task<GenerationSummary> Summary => _summary.Task;

    /// <summary>Adds a token.</summary>
    public void Write(GeneratedToken token) => _tokens.Writer.TryWrite(token);

    /// <summary>Ends the answer.</summary>
    public void Finish(GenerationSummary summary)
    {
        _summary.TrySetResult(summary);
        _tokens.Writer.TryComplete();
    }

    /// <summary>Ends the answer with an error.</summary>
    public void Fail(ApiException error)
    {
        _tokens.Writer.TryComplete(error);
        _summary.TrySetCanceled();
    }

    /// <summary>Marks it as no longer wanted.</summary>
    public void Cancel() => _isCancelled = true;
}
