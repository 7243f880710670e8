using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Gdn.Properties.Harness.Clients;

/// <summary>A server that sends given bytes, and so can be as wrong as it likes.</summary>
internal sealed class RawServer : IAsyncDisposable
{
    /// <summary>Answers a request: its first line, its body, and where the bytes of the answer go.</summary>
    public delegate Task Handler(string requestLine, string body, Stream output, CancellationToken cancellation);

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopped = new();
    private readonly Handler _handler;
    private readonly X509Certificate2? _certificate;
    private readonly Task _accepting;

    public RawServer(Handler handler, bool secure = false)
    {
        _handler = handler;
        _certificate = secure ? OwnCertificate() : null;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public Uri Address => new($"{(_certificate is null ? "http" : "https")}://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");

    /// <summary>The headers of the last request.</summary>
    public string LastHeaders { get; private set; } = "";

    /// <summary>A whole answer.</summary>
    public static byte[] Answer(string body, string status = "200 OK", string headers = "") =>
        Encoding.UTF8.GetBytes(
            $"HTTP/1.1 {status}\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\nConnection: close\r\n{headers}\r\n{body}");

    /// <summary>A whole answer with a connection that is promised to stay, and is closed all the same.</summary>
    public static byte[] BrokenPromise(string body) => Encoding.UTF8.GetBytes(
        $"HTTP/1.1 200 OK\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\nConnection: keep-alive\r\n\r\n{body}");

    /// <summary>The head of a streamed answer that ends with the connection.</summary>
    public static byte[] StreamHead { get; } =
        Encoding.UTF8.GetBytes("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n");

    /// <summary>Takes no more connections, as a process that has died.</summary>
    public void Die() => _listener.Stop();

    public async ValueTask DisposeAsync()
    {
        await _stopped.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stopped.Dispose();
        _certificate?.Dispose();
    }

    // Signed by no trusted authority.
    private static X509Certificate2 OwnCertificate()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true) connections.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stopped.Token)));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or InvalidOperationException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                Stream stream = client.GetStream();
                if (_certificate is not null)
                {
                    var secured = new SslStream(stream);
                    stream = secured;
                    await secured.AuthenticateAsServerAsync(_certificate);
                }

                (string head, string body) = await ReadRequestAsync(stream);
                LastHeaders = head;
                await _handler(head.Split('\r')[0], body, stream, _stopped.Token);
            }
            catch (Exception e) when (
                e is IOException or OperationCanceledException or SocketException or AuthenticationException)
            {
                // The client has had enough, or the test is over.
            }
        }
    }

    private async Task<(string Head, string Body)> ReadRequestAsync(Stream stream)
    {
        var bytes = new List<byte>();
        var buffer = new byte[4096];
        while (true)
        {
            int read = await stream.ReadAsync(buffer, _stopped.Token);
            if (read == 0) throw new IOException("the client closed the connection");
            bytes.AddRange(buffer.AsSpan(0, read));
            string text = Encoding.Latin1.GetString([.. bytes]);
            int end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (end < 0) continue;
            string head = text[..end];
            int length = head.Split("\r\n")
                .Where(line => line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase))
                .Select(line => int.Parse(line["Content-Length:".Length..], System.Globalization.CultureInfo.InvariantCulture))
                .FirstOrDefault();
            if (bytes.Count >= end + 4 + length)
                return (head, Encoding.UTF8.GetString([.. bytes.Skip(end + 4).Take(length)]));
        }
    }
}
