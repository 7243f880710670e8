using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;

namespace Gdn.Harness.Clients.Http;

/// <summary>
/// A server that refuses a request because it has too many: it is asked again when it says so, otherwise after pauses that
/// grow.
/// </summary>
/// <param name="options">How long a request may take.</param>
internal sealed class BusyServer(ClientOptions options)
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(4);

    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private TimeSpan _pause = options.FirstPause;

    /// <summary>The status of the first refusal; null if there was none.</summary>
    public int? RefusedWith { get; private set; }

    /// <summary>Whether a status says that there are too many requests.</summary>
    public static bool IsMeantBy(HttpStatusCode status) =>
        status is HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable;

    /// <summary>How long to wait before the request is sent again; null if that is longer than a request may take.</summary>
    public TimeSpan? PauseAfter(HttpResponseMessage refusal)
    {
        RefusedWith ??= (int)refusal.StatusCode;
        TimeSpan pause = Named(refusal.Headers.RetryAfter) is { } named && named > options.FirstPause ? named : _pause;
        _pause = 2 * _pause < LongestPause ? 2 * _pause : LongestPause;
        return _watch.Elapsed + pause > options.RequestLimit ? null : pause;
    }

    // Seconds, or a date.
    private static TimeSpan? Named(RetryConditionHeaderValue? retryAfter) =>
        retryAfter?.Delta ?? retryAfter?.Date - DateTimeOffset.UtcNow;
}
