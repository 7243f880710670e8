using System.Net;
using Gdn.Harness.Clients;
using Gdn.Harness.Clients.Http;
using Xunit;

namespace Gdn.Properties.Harness.Clients;

/// <summary>How long is waited after a server has refused a request because it has too many.</summary>
public sealed class BusyServerTests
{
    private static readonly ClientOptions Options = new(new Uri("http://h/"))
    {
        RequestLimit = TimeSpan.FromSeconds(60),
        FirstPause = TimeSpan.FromSeconds(1),
    };

    private static HttpResponseMessage Refusal(string? retryAfter, HttpStatusCode status = HttpStatusCode.TooManyRequests)
    {
        var refusal = new HttpResponseMessage(status);
        if (retryAfter is not null) refusal.Headers.TryAddWithoutValidation("Retry-After", retryAfter);
        return refusal;
    }

    private static TimeSpan? Pause(string? retryAfter)
    {
        using HttpResponseMessage refusal = Refusal(retryAfter);
        return new BusyServer(Options).PauseAfter(refusal);
    }

    [Fact]
    public void Pause_SecondsNamed_AreWaited() => Assert.Equal(TimeSpan.FromSeconds(30), Pause("30"));

    [Fact]
    public void Pause_DateNamed_IsWaitedFor()
    {
        TimeSpan pause = Pause(DateTimeOffset.UtcNow.AddSeconds(40).ToString("R", null))!.Value;
        Assert.InRange(pause.TotalSeconds, 1, 40);
    }

    [Theory]
    [InlineData("61")]
    [InlineData("Tue, 31 Dec 2999 23:59:59 GMT")]
    public void Pause_LongerThanARequestMayTake_IsNone(string retryAfter) => Assert.Null(Pause(retryAfter));

    [Theory]
    [InlineData("0")]
    [InlineData("soon")]
    [InlineData("Sat, 01 Jan 2000 00:00:00 GMT")]
    [InlineData(null)]
    public void Pause_NothingUsableNamed_IsTheUsualOne(string? retryAfter) => Assert.Equal(Options.FirstPause, Pause(retryAfter));

    [Fact]
    public void Pauses_OfOneRequest_Grow()
    {
        var busy = new BusyServer(Options);
        using HttpResponseMessage first = Refusal(null, HttpStatusCode.ServiceUnavailable), later = Refusal(null);
        Assert.Equal([1, 2, 4, 4], new[] { first, later, later, later }.Select(refusal => busy.PauseAfter(refusal)!.Value.TotalSeconds));
        Assert.Equal(503, busy.RefusedWith);
    }
}
