using System.CommandLine;
using Gdn.Harness.Clients;
using Gdn.Harness.Clients.Dialects;
using Gdn.Reference;

namespace Gdn.Harness.Cli;

/// <summary>Options that say which server to judge, and how to speak to it.</summary>
internal sealed class ServerArguments
{
    /// <summary>The option that names the server.</summary>
    public const string ServerOption = "--server";

    private readonly Option<Uri?> _server = new(ServerOption)
    {
        Description = "Server to judge: its address, for example http://127.0.0.1:8080, or where OpenAI's routes lie, "
            + "for example http://127.0.0.1:8080/v1.",
        HelpName = "URL",
        CustomParser = result => CommonOptions.Parse(result, text => Address(ServerOption, text)),
    };

    private readonly Option<ServerFlavour?> _flavour = new("--flavour")
    {
        Description = $"Whose server it is: {string.Join(", ", ServerFlavours.All)}. [default: detected]",
        HelpName = "NAME",
        CustomParser = result => CommonOptions.Parse<ServerFlavour?>(result, text => ServerFlavours.Named(text)
            ?? throw new InputException("--flavour", $"'{text}' does not exist", $"use {string.Join(", ", ServerFlavours.All)}")),
    };

    private readonly Option<ServerRoute?> _route = new("--route")
    {
        Description = "Route to ask on: native (llama-server's /completion), completions (/v1/completions), chat "
            + "(/v1/chat/completions) or generate (ollama's /api/generate). [default: the first of these that the server has]",
        HelpName = "NAME",
        CustomParser = result => CommonOptions.Parse<ServerRoute?>(result, text => ServerRoutes.Named("--route", text)),
    };

    private readonly Option<string?> _model = new("--served-model")
    {
        Description = "Model to ask for, by the name that the server lists. [default: the only one, or the only loaded one]",
        HelpName = "NAME",
    };

    private readonly Option<string?> _apiKey = new("--api-key")
    {
        Description = "Key of the server, sent as 'Authorization: Bearer KEY'.",
        HelpName = "KEY",
        CustomParser = result => CommonOptions.Parse(result, text => text.Length > 0 && IsHeaderValue(text)
            ? text
            : throw new InputException("--api-key", "it is empty, or not plain ASCII", "give the key as the server's owner has it")),
    };

    private readonly Option<IReadOnlyList<KeyValuePair<string, string>>?> _headers = new("--header")
    {
        Description = "Header 'NAME: VALUE' to send with every request; may be given several times.",
        HelpName = "NAME:VALUE",
        AllowMultipleArgumentsPerToken = false,
        Arity = ArgumentArity.OneOrMore,
        CustomParser = result =>
        {
            var headers = new List<KeyValuePair<string, string>>();
            try
            {
                foreach (var token in result.Tokens) headers.Add(Header(token.Value));
            }
            catch (InputException e)
            {
                result.AddError(e.Message);
            }

            return headers;
        },
    };

    private readonly Option<bool> _insecure = new("--insecure") { Description = "Accept any TLS certificate of the server." };

    private readonly Option<TimeSpan?> _timeout = CommonOptions.Duration(
        "--timeout", "How long a request may take: seconds, or 90s, 5m. [default: 120s]");

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(_server);
        AddManner(command);
    }

    /// <summary>Adds the options that say how to speak to servers, to a command that names them otherwise.</summary>
    public void AddManner(Command command)
    {
        foreach (Option option in Manner) command.Add(option);
    }

    /// <summary>Names of those options.</summary>
    public IEnumerable<string> MannerNames => Manner.Select(option => option.Name);

    private Option[] Manner => [_flavour, _route, _model, _apiKey, _headers, _insecure, _timeout];

    /// <summary>The server's address, or null.</summary>
    public Uri? AddressOf(ParseResult parsed) => parsed.GetValue(_server);

    /// <summary>
    /// The options that say how to speak to the server, for a command line; without keys and headers, which do not belong in a
    /// bug report.
    /// </summary>
    public string TextOf(ParseResult parsed) =>
        Text(_flavour, parsed.GetValue(_flavour)?.Name()) + Text(_route, parsed.GetValue(_route)?.Name())
        + Text(_model, parsed.GetValue(_model));

    /// <summary>Connects.</summary>
    /// <exception cref="EnvironmentException">It cannot be reached.</exception>
    public Task<ICompletionClient> ConnectAsync(ParseResult parsed, Uri address, CancellationToken cancellation)
    {
        var options = new ClientOptions(address)
        {
            Route = parsed.GetValue(_route),
            Model = parsed.GetValue(_model),
            ApiKey = parsed.GetValue(_apiKey),
            Headers = parsed.GetValue(_headers) ?? [],
            AcceptAnyCertificate = parsed.GetValue(_insecure),
        };
        if (parsed.GetValue(_timeout) is { } limit) options = options with { RequestLimit = limit };
        return ClientDiscovery.ConnectAsync(options, parsed.GetValue(_flavour), cancellation);
    }

    /// <summary>Reads an address.</summary>
    /// <param name="option">The option, for errors.</param>
    /// <param name="text">The address.</param>
    /// <exception cref="InputException">It is not an address.</exception>
    public static Uri Address(string option, string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) && uri.Scheme is "http" or "https" && uri.Host.Length > 0
            ? uri
            // What stands before the last @ may be a password.
            : throw new InputException(
                option, $"'{text[(text.LastIndexOf('@') + 1)..]}' is not an address", "write for example http://127.0.0.1:8080");

    private static string Text(Option option, string? value) => value is null ? "" : $" {option.Name} {OutsideText.Shell(value)}";

    private static KeyValuePair<string, string> Header(string text)
    {
        if (text.Split(':', 2) is not [var name, var value])
            throw new InputException("--header", "there is no colon in it", "write 'NAME: VALUE'");
        (name, value) = (name.Trim(), value.Trim());
        using var request = new HttpRequestMessage();
        if (!IsHeaderValue(value) || !request.Headers.TryAddWithoutValidation(name, value))
            throw new InputException(
                "--header", $"'{name}' is no header that can be sent with every request, or its value is not plain ASCII",
                "write 'NAME: VALUE'");
        return new(name, value);
    }

    private static bool IsHeaderValue(string value) => value.All(c => c is >= ' ' and <= '~' or '\t');
}
