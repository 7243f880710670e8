using Gdn.Harness.Server.Scheduling;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Gdn.Harness.Server.Http;

/// <summary>The web server: Kestrel with limits, and nothing that comes from files or the environment.</summary>
internal static class WebHost
{
    // One client cannot take all connections, nor keep those that it does not use.
    private const int MaxConnections = 256, MaxConnectionsOfClient = 192, MaxHeaderBytes = 16 << 10;
    private static readonly TimeSpan ShutdownTime = TimeSpan.FromSeconds(1), IdleTime = TimeSpan.FromSeconds(20);

    /// <summary>Makes it; it does not listen yet.</summary>
    public static WebApplication Create(ServeOptions options)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = Bodies.MaxBytes;
            kestrel.Limits.MaxRequestHeadersTotalSize = MaxHeaderBytes;
            kestrel.Limits.MaxConcurrentConnections = MaxConnections;
            kestrel.Limits.KeepAliveTimeout = IdleTime;
            kestrel.Limits.RequestHeadersTimeout = IdleTime;
            kestrel.Listen(options.Host, options.Port, listen => listen.Use(new ClientLimit(MaxConnectionsOfClient).Handle));
        });
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = ShutdownTime);
        if (options.Verbose) LogToStandardError(builder);
        return builder.Build();
    }

    private static void LogToStandardError(WebApplicationBuilder builder)
    {
        builder.Logging.AddJsonConsole().SetMinimumLevel(LogLevel.Warning).AddFilter(typeof(ServerLog).FullName, LogLevel.Debug);
        builder.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
    }

    // The command decides when to stop; the framework would take Ctrl-C for itself.
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
