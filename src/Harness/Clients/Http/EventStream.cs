using System.Text;

namespace Gdn.Harness.Clients.Http;

/// <summary>Server-sent events: lines <c>data: {json}</c>, of which the last may be <c>data: [DONE]</c>.</summary>
internal static class EventStream
{
    private const int InternalError = 500;

    /// <summary>Reads the events up to the end of the stream or the mark; comments and other fields are passed over.</summary>
    /// <param name="reader">The answer.</param>
    /// <param name="received">Called with each event; returns whether it was the last.</param>
    /// <returns>Whether the stream had an end mark, rather than just broke off.</returns>
    /// <exception cref="BadAnswerException">An event is not a JSON object, or reports an error.</exception>
    public static async Task<bool> ReadAsync(
        BoundedReader reader, Func<AnswerJson, bool> received, CancellationToken cancellation)
    {
        while (await reader.ReadLineAsync(cancellation) is { } line)
        {
            // A server that does not stream gives the whole answer as one object.
            bool isWhole = line.Span.StartsWith("{"u8);
            if (!isWhole && !line.Span.StartsWith("data:"u8)) continue;
            ReadOnlyMemory<byte> data = isWhole ? line : Trim(line["data:".Length..]);
            if (data.Span.SequenceEqual("[DONE]"u8)) return true;
            AnswerJson answer = AnswerJson.Parse(data, reader.Where);
            if (answer["error"] is { } error) throw Refusal(reader.Where, error);
            if (received(answer) || isWhole) return true;
        }

        return false;
    }

    /// <summary>The refusal of an answer that has begun: it has no status line of its own.</summary>
    public static BadAnswerException Refusal(string where, AnswerJson error) =>
        new(where, $"the server reports {error.Json}")
        {
            Status = error.IsObject && error["code"] is { IsNumber: true } code ? code.Int32() : InternalError,
        };

    private static ReadOnlyMemory<byte> Trim(ReadOnlyMemory<byte> data)
    {
        Range range = Ascii.Trim(data.Span);
        return data[range];
    }
}
