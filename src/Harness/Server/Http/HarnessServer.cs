using System.Globalization;
using System.Net.Sockets;
using Gdn.Harness.Models;
using Gdn.Harness.Reports;
using Gdn.Harness.Server.Scheduling;
using Gdn.Reference;
using Gdn.Reference.Engines;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Gdn.Harness.Server.Http;

/// <summary>
/// An engine of ours behind llama-server's HTTP interface, with continuous batching and a prompt cache: what checks of live
/// servers can be tried on, clean or with a fault.
/// </summary>
public sealed class HarnessServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Scheduler _scheduler;

    private HarnessServer(WebApplication app, Scheduler scheduler)
    {
        _app = app;
        _scheduler = scheduler;
    }

    /// <summary>Where it listens.</summary>
    public Uri Address { get; private set; } = new("http://localhost");

    /// <summary>Starts a server; it takes requests when this returns.</summary>
    /// <param name="options">How to set it up.</param>
    /// <param name="source">Makes the engine.</param>
    /// <param name="model">The model.</param>
    /// <param name="cancellation">Gives up the start.</param>
    /// <exception cref="InputException">The options do not fit each other, the model or the engine.</exception>
    /// <exception cref="EnvironmentException">The address cannot be listened on.</exception>
    /// <exception cref="OperationCanceledException">The start was given up.</exception>
    public static async Task<HarnessServer> Start(
        ServeOptions options, IEngineFactory source, LoadedModel model, CancellationToken cancellation)
    {
        StateHandling states = options.Fault?.Create() ?? new StateHandling();
        var vocabulary = ServingVocabulary.Of(model);
        options = options with { ContextTokens = ContextTokens(options, model.Config.MaxPositions) };
        CheckPass(options);
        IModelEngine engine = source.Create(
            model.Options(options.Slots, 1 + options.DraftTokens) with { Drafts = options.DraftsWithHead });
        try
        {
            if (options.DraftsWithHead && engine is not IDraftingEngine { CanDraft: true })
                throw new InputException(
                    "--draft", "the engine does not run draft (MTP) layers", "use lookup:K, or another engine");
            options = options.Within(engine.Info.Capabilities);
        }
        catch
        {
            engine.Dispose();
            throw;
        }

        var identity = new ServerIdentity(
            $"{ServerIdentity.Server} {RunEnvironment.Current.Tool} ({source.Name})", source.Name, model.Name,
            ModelFiles.PathOf(model), vocabulary.Size, options);

        WebApplication app = WebHost.Create(options);
        var log = new ServerLog(app.Services.GetRequiredService<ILogger<ServerLog>>());
        var scheduler = new Scheduler(engine, vocabulary, options, states, log);
        var server = new HarnessServer(app, scheduler);
        var guard = new Guard(options.ApiKey, options.Host, log);
        app.Use(next => request => guard.Handle(request, next));
        Routes.Map(app, scheduler, vocabulary, identity);
        try
        {
            await app.StartAsync(cancellation);
        }
        catch (OperationCanceledException)
        {
            await server.DisposeAsync();
            throw;
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            await server.DisposeAsync();
            throw new EnvironmentException(
                string.Create(CultureInfo.InvariantCulture, $"{options.Host}:{options.Port}"), e.Message,
                "choose another --port, or 0 for a free one", e);
        }

        server.Address = new Uri(
            app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        return server;
    }

    /// <summary>Stops within three seconds, whatever the engine does: running and waiting requests end with an error.</summary>
    public async ValueTask DisposeAsync()
    {
        _scheduler.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private static int ContextTokens(ServeOptions options, int modelTokens)
    {
        if (options.ContextTokens > modelTokens)
            throw new InputException(
                "--ctx", $"{options.ContextTokens} tokens are more than the {modelTokens} that the model allows", "choose fewer");
        return options.ContextTokens == 0 ? modelTokens : options.ContextTokens;
    }

    private static void CheckPass(ServeOptions options)
    {
        int answers = options.Slots * (1 + options.DraftTokens);
        if (options.UbatchTokens < answers || options.UbatchTokens > LoadedModel.MaxBatchTokens)
            throw new InputException(
                "--ubatch", $"{options.UbatchTokens} tokens per pass are out of range",
                $"choose from {answers}, a token and its drafts for each slot, to {LoadedModel.MaxBatchTokens}");
    }
}
