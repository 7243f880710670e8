using Gdn.Harness.Server.Generation;
using Microsoft.Extensions.Logging;

namespace Gdn.Harness.Server.Scheduling;

/// <summary>What a server reports of its work: enough to see which slots shared which pass.</summary>
internal sealed partial class ServerLog(ILogger<ServerLog> logger)
{
    /// <summary>A request got a slot.</summary>
    [LoggerMessage(Level = LogLevel.Information, Message = "request {Request} starts on slot {Slot}: {PromptTokens} tokens, {Cached} cached")]
    public partial void Started(int slot, long request, int promptTokens, int cached);

    /// <summary>A request was answered.</summary>
    [LoggerMessage(Level = LogLevel.Information, Message = "request {Request} ends on slot {Slot}: {Reason} after {Tokens} tokens")]
    public partial void Finished(int slot, long request, StopReason reason, int tokens);

    /// <summary>A client has left.</summary>
    [LoggerMessage(Level = LogLevel.Information, Message = "request {Request} on slot {Slot} is cancelled")]
    public partial void Cancelled(int slot, long request);

    /// <summary>The engine failed.</summary>
    [LoggerMessage(Level = LogLevel.Error, Message = "the engine failed: {Error}")]
    public partial void EngineFailed(string error);

    /// <summary>A request failed for an unforeseen reason.</summary>
    [LoggerMessage(Level = LogLevel.Error, Message = "a request failed: {Error}")]
    public partial void RequestFailed(string error);

    /// <summary>A pass begins.</summary>
    public void Runs(IReadOnlyList<Piece> pieces)
    {
        if (!logger.IsEnabled(LogLevel.Debug)) return;
        string text = string.Join(", ", pieces.Select(piece =>
            $"{(piece.Slot.IsDecoding ? "decode" : "prefill")} slot {piece.Slot.Id} x {piece.Tokens.Length}"));
        Runs(text);
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "pass: {Pieces}")]
    private partial void Runs(string pieces);
}
