using System.Net.Sockets;
using System.Text;
using Gdn.Harness;

namespace Gdn.Properties.Harness.Clients;

/// <summary>Answers as no server should give them, made of a good one.</summary>
internal static class HostileAnswers
{
    /// <summary>A way to be wrong; most draw where from the seed.</summary>
    public enum Kind
    {
        Truncated, WrongType, NotANumber, EndlessStream, SlowDrip, WrongEncoding, LongLine, ClosedSocket, Noise, DeepNesting,
        ManyTokens, HugeNumber, ErrorEvent, ErrorStatus, LyingLength, Empty,
    }

    private static readonly string[] WrongValues =
        ["null", "true", "\"x\"", "[]", "{}", "-1.5", "1e999", "[[[1]]]", "{\"a\":1}", "99999999999999999999"];

    /// <summary>Sends one.</summary>
    /// <param name="good">An answer that would be right.</param>
    /// <param name="streamed">Whether it is a stream of events.</param>
    public static async Task SendAsync(
        Kind kind, ulong seed, string good, bool streamed, Stream output, CancellationToken cancellation)
    {
        var random = new SeededRandom(seed);
        byte[] head = streamed ? RawServer.StreamHead
            : "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n"u8.ToArray();
        byte[] bytes = Encoding.UTF8.GetBytes(good);
        switch (kind)
        {
            case Kind.Truncated:
                await SendAsync(head, bytes[..random.Next(bytes.Length)]);
                break;
            case Kind.WrongType:
                await SendAsync(head, Encoding.UTF8.GetBytes(WithWrongValue(good, random, WrongValues[random.Next(WrongValues.Length)])));
                break;
            case Kind.NotANumber:
                await SendAsync(head, Encoding.UTF8.GetBytes(good.Replace("-0.25", "NaN", StringComparison.Ordinal)));
                break;
            case Kind.HugeNumber:
                await SendAsync(head, Encoding.UTF8.GetBytes(good.Replace("-0.25", "12345", StringComparison.Ordinal)));
                break;
            case Kind.EndlessStream:
                await output.WriteAsync(head, cancellation);
                byte[] pings = [.. Enumerable.Repeat(": ping\n\n", 1 << 10).SelectMany(Encoding.UTF8.GetBytes)];
                while (true) await output.WriteAsync(pings, cancellation);
            case Kind.ManyTokens:
                await output.WriteAsync(head, cancellation);
                while (true) await output.WriteAsync(bytes, cancellation);
            case Kind.SlowDrip:
                await output.WriteAsync(head, cancellation);
                await output.WriteAsync(bytes.AsMemory(0, random.Next(bytes.Length)), cancellation);
                // The rest never comes.
                await Task.Delay(Timeout.Infinite, cancellation);
                break;
            case Kind.WrongEncoding:
                await SendAsync(head, random.Next(2) == 0
                    ? Encoding.Unicode.GetBytes(good)
                    : [.. bytes.Select(b => b == (byte)'a' ? (byte)0xff : b)]);
                break;
            case Kind.LongLine:
                await output.WriteAsync(head, cancellation);
                await output.WriteAsync("data: {\"content\":\""u8.ToArray(), cancellation);
                byte[] chunk = [.. Enumerable.Repeat((byte)'a', 1 << 16)];
                for (int sent = 0; sent < 100 << 20; sent += chunk.Length) await output.WriteAsync(chunk, cancellation);
                break;
            case Kind.ClosedSocket:
                ((NetworkStream)output).Socket.LingerState = new LingerOption(true, 0);
                if (random.Next(2) == 0) await output.WriteAsync(head.AsMemory(0, random.Next(head.Length)), cancellation);
                break;
            case Kind.Noise:
                var noise = new byte[1 + random.Next(4096)];
                foreach (ref byte b in noise.AsSpan()) b = (byte)random.Next(256);
                await SendAsync(random.Next(2) == 0 ? head : [], noise);
                break;
            case Kind.DeepNesting:
                await SendAsync(head, Encoding.UTF8.GetBytes("data: " + new string('[', 100_000)));
                break;
            case Kind.ErrorEvent:
                await SendAsync(head, Encoding.UTF8.GetBytes("data: {\"error\":{\"code\":500,\"message\":\"context full\"}}\n\n"));
                break;
            case Kind.ErrorStatus:
                await output.WriteAsync(RawServer.Answer("{\"error\":\"no\"}", $"{500 + random.Next(3)} Oh No"), cancellation);
                break;
            case Kind.LyingLength:
                await SendAsync(Encoding.UTF8.GetBytes(
                    $"HTTP/1.1 200 OK\r\nContent-Length: {bytes.Length + 1 + random.Next(1 << 30)}\r\nConnection: close\r\n\r\n"), bytes[..^1]);
                break;
            case Kind.Empty:
                await SendAsync(head, []);
                break;
        }

        async Task SendAsync(byte[] first, byte[] rest)
        {
            await output.WriteAsync(first, cancellation);
            await output.WriteAsync(rest, cancellation);
        }
    }

    // One of the values behind a colon becomes another.
    private static string WithWrongValue(string good, SeededRandom random, string value)
    {
        int[] colons = [.. Enumerable.Range(0, good.Length).Where(i => good[i] == ':' && i > 5 && good[i - 1] == '"')];
        int start = colons[random.Next(colons.Length)] + 1, end = start, depth = 0;
        for (; end < good.Length && (depth > 0 || good[end] is not (',' or '}' or ']')); end++)
            depth += good[end] is '[' or '{' ? 1 : good[end] is ']' or '}' ? -1 : 0;
        return good[..start] + value + good[end..];
    }
}
