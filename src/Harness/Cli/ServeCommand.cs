using System.CommandLine;
using System.Globalization;
using System.Net;
using Gdn.Harness.Engines;
using Gdn.Harness.Engines.Isolation;
using Gdn.Harness.Models;
using Gdn.Harness.Server;
using Gdn.Harness.Server.Http;
using Gdn.Reference;

namespace Gdn.Harness.Cli;

/// <summary><c>serve</c>: an engine behind llama-server's HTTP interface.</summary>
internal sealed class ServeCommand
{
    private const int DefaultPort = 8080, DefaultSlots = 4;
    private const int MaxSlots = 64, MaxDraft = 16, MaxCheckpoints = 1024, MaxQueue = 10_000, MaxDelay = 10_000;

    private static readonly ServeOptions Defaults = new(DefaultSlots);
    private static readonly IReadOnlyDictionary<string, BatchOrder> Orders = new Dictionary<string, BatchOrder>
    {
        ["decode-first"] = BatchOrder.DecodeFirst,
        ["prefill-first"] = BatchOrder.PrefillFirst,
        ["separate"] = BatchOrder.Separate,
    };

    private readonly Option<string> _engine = CommonOptions.Engine(), _model = CommonOptions.Model();
    private readonly Option<TimeSpan?> _timeout = CommonOptions.EngineTimeout();

    private readonly Option<IPAddress> _host = new("--host")
    {
        Description = "Address to listen on; 0.0.0.0 lets other machines in.",
        HelpName = "ADDRESS",
        CustomParser = result => CommonOptions.Parse(result, ParseAddress),
        DefaultValueFactory = _ => Defaults.Host,
    };

    private readonly Option<int> _port = Number("--port", "Port; 0 picks a free one.", 0, ushort.MaxValue, DefaultPort);
    private readonly Option<int> _slots = Number("--slots", "np: requests answered in parallel.", 1, MaxSlots, DefaultSlots);

    private readonly Option<int> _context = Number(
        "--ctx", "Tokens of a sequence; 0 for as many as the model allows.", 0, int.MaxValue, Defaults.ContextTokens);

    private readonly Option<int> _ubatch = Number(
        "--ubatch", "Tokens in one pass.", 1, LoadedModel.MaxBatchTokens, Defaults.UbatchTokens);

    private readonly Option<BatchOrder> _order = new("--order")
    {
        Description = $"How answers and prompts share passes: {string.Join(", ", Orders.Keys)}. [default: decode-first]",
        HelpName = "ORDER",
        CustomParser = result => CommonOptions.Parse(result, ParseOrder),
    };

    private readonly Option<int> _checkpoints = Number(
        "--checkpoints", "States kept per slot for later prompts; 0 for none.", 0, MaxCheckpoints, Defaults.Checkpoints);

    private readonly Option<(bool WithHead, int Tokens)> _draft = new("--draft")
    {
        Description =
            "Speculation: lookup:K drafts the K tokens that followed an earlier occurrence of the last tokens, head:K as many with "
            + "the model's draft (MTP) layers.",
        HelpName = "NAME:K",
        CustomParser = result => CommonOptions.Parse(result, ParseDraft),
    };

    private readonly Option<string?> _fault = new("--fault")
    {
        Description = "A fault to plant (see 'faults list'): in the server if it is a server fault, otherwise in the cpu engine.",
        HelpName = "ID",
    };

    private readonly Option<double> _jitter = new("--jitter")
    {
        Description = "Noise on logits that depends on the batch, as a fraction of their size: benign, flips near-ties.",
        HelpName = "SIGMA",
        CustomParser = result => CommonOptions.Parse(result, ParseJitter),
    };

    private readonly Option<int> _queue = Number(
        "--queue", "Requests that may wait for a slot.", 0, MaxQueue, Defaults.QueueCapacity);

    private readonly Option<int> _delay = Number(
        "--delay", "Milliseconds that each pass waits, to try things on a server as slow as a large model.", 0, MaxDelay, 0);

    private readonly Option<string?> _apiKey = new("--api-key")
    {
        Description = "What clients must send as bearer token.",
        HelpName = "KEY",
    };

    private readonly Option<bool> _verbose = new("--verbose")
    {
        Description = "Log requests and passes to standard error, one JSON object per line.",
    };

    public static Command Create() => new ServeCommand().Build();

    private Command Build()
    {
        _engine.DefaultValueFactory = _ => "cpu";
        var command = new Command("serve", "Serve an engine behind llama-server's HTTP interface, clean or with a fault.")
        {
            _engine, _model, _host, _port, _slots, _context, _ubatch, _order, _checkpoints, _draft, _fault, _jitter, _delay, _queue,
            _apiKey, _timeout, _verbose,
        };
        command.SetAction(Run);
        return command;
    }

    private async Task<int> Run(ParseResult parsed, CancellationToken cancellation)
    {
        IsolationOptions isolation = CommonOptions.IsolationOf(parsed, _timeout, cancellation);
        ServeOptions options = OptionsOf(parsed);
        string? fault = parsed.GetValue(_fault);
        string engineName = parsed.GetRequiredValue(_engine);
        if (fault is not null)
        {
            options = options with { Fault = ServerFault.Find(fault) };
            if (options.Fault is null) engineName += $"+fault:{fault}";
        }

        using NamedEngine engine = EngineCatalog.ParseForModels(engineName, isolation);
        var model = LoadedModel.Load(parsed.GetRequiredValue(_model));
        try
        {
            await ServeAsync(options, engine, model, cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Stopped before it listened: it ends as it does later.
        }

        return (int)ExitCode.Clean;
    }

    private static async Task ServeAsync(
        ServeOptions options, NamedEngine engine, LoadedModel model, CancellationToken cancellation)
    {
        await using HarnessServer server = await HarnessServer.Start(options, engine, model, cancellation);
        await Console.Out.WriteLineAsync($"listening on {server.Address.GetLeftPart(UriPartial.Authority)}");
        var stop = new TaskCompletionSource();
        await using CancellationTokenRegistration registration = cancellation.Register(stop.SetResult);
        await stop.Task;
    }

    private ServeOptions OptionsOf(ParseResult parsed) => new(parsed.GetValue(_slots))
    {
        Host = parsed.GetRequiredValue(_host),
        Port = parsed.GetValue(_port),
        ContextTokens = parsed.GetValue(_context),
        UbatchTokens = parsed.GetValue(_ubatch),
        Order = parsed.GetValue(_order),
        Checkpoints = parsed.GetValue(_checkpoints),
        DraftTokens = parsed.GetValue(_draft).Tokens,
        DraftsWithHead = parsed.GetValue(_draft).WithHead,
        Jitter = parsed.GetValue(_jitter),
        Delay = TimeSpan.FromMilliseconds(parsed.GetValue(_delay)),
        QueueCapacity = parsed.GetValue(_queue),
        ApiKey = parsed.GetValue(_apiKey),
        Verbose = parsed.GetValue(_verbose),
    };

    private static Option<int> Number(string name, string description, int min, int max, int fallback) => new(name)
    {
        Description = description,
        HelpName = "N",
        CustomParser = result => CommonOptions.Parse(result, text => ParseNumber(name, text, min, max)),
        DefaultValueFactory = _ => fallback,
    };

    private static int ParseNumber(string name, string text, int min, int max) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value >= min && value <= max
            ? value
            : throw new InputException(name, $"'{text}' is not a number from {min} to {max}", $"write for example {Math.Max(min, 1)}");

    private static IPAddress ParseAddress(string text) => text == "localhost" ? IPAddress.Loopback
        : IPAddress.TryParse(text, out IPAddress? address) ? address
        : throw new InputException("--host", $"'{text}' is not an IP address", "write for example 127.0.0.1");

    private static BatchOrder ParseOrder(string text) => Orders.TryGetValue(text, out BatchOrder order)
        ? order
        : throw new InputException("--order", $"'{text}' does not exist", $"use {string.Join(", ", Orders.Keys)}");

    private static (bool WithHead, int Tokens) ParseDraft(string text) => text.Split(':') is [("lookup" or "head") and var name, var count]
        ? (name == "head", ParseNumber("--draft", count, 1, MaxDraft))
        : throw new InputException("--draft", $"'{text}' does not exist", "write for example lookup:3 or head:3");

    private static double ParseJitter(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && value is >= 0 and < 1
            ? value
            : throw new InputException("--jitter", $"'{text}' is not a fraction", "write for example 1e-4");
}
