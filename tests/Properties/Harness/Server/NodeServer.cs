using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using Gdn.Harness.Models;
using Xunit;

namespace Gdn.Properties.Harness.Server;

/// <summary>
/// The real llama.cpp behind HTTP (<c>tests/NodeServer</c>), as a process with the shipped model. Tests with it run in the
/// collection of those that run alone: its threads spin.
/// </summary>
internal sealed class NodeServer : IAsyncDisposable
{
    private readonly Process _process;

    private NodeServer(Process process, Uri address)
    {
        _process = process;
        Client = new HttpClient { BaseAddress = address, Timeout = Running.Patience };
    }

    public HttpClient Client { get; }

    /// <summary>Why there is none; null when there is.</summary>
    public static string? SkipReason { get; } = Modules is null || !HasNode
        ? "NO REAL ENGINE: install node, and run 'npm ci --omit=optional' in tests/Golden/make or set GDN_NODE_MODULES"
        : null;

    public static async Task<NodeServer> Start(int slots)
    {
        Process process = Process.Start(new ProcessStartInfo("node")
        {
            // It ends when its standard input does, even if this process is killed.
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            // node-llama-cpp refuses to start where CI is set to anything but a boolean, or to nothing.
            Environment = { ["CI"] = "true" },
            ArgumentList =
            {
                Path.Combine(Root!, "tests/NodeServer/server.mjs"), "--modules", Modules!, "--model", ShippedModel.Path,
                "--slots", slots.ToString(CultureInfo.InvariantCulture),
            },
        })!;
        const string Prefix = "listening on ";
        using var patience = new CancellationTokenSource(Running.Patience);
        while (await process.StandardOutput.ReadLineAsync(patience.Token) is { } line)
            if (line.StartsWith(Prefix, StringComparison.Ordinal))
                return new NodeServer(process, new Uri(line[Prefix.Length..]));
        throw new InvalidOperationException("The node server did not start; its standard error says why.");
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        _process.StandardInput.Close();
        using var patience = new CancellationTokenSource(Running.Patience);
        await _process.WaitForExitAsync(patience.Token);
        _process.Dispose();
    }

    private static string? Root
    {
        get
        {
            DirectoryInfo? root = new(AppContext.BaseDirectory);
            while (root is not null && !File.Exists(Path.Combine(root.FullName, "Harness.sln"))) root = root.Parent;
            return root?.FullName;
        }
    }

    private static string? Modules
    {
        get
        {
            string folder = Environment.GetEnvironmentVariable("GDN_NODE_MODULES") is { Length: > 0 } named
                ? named
                : Path.Combine(Root ?? "", "tests/Golden/make/node_modules");
            return Directory.Exists(Path.Combine(folder, "node-llama-cpp")) ? Path.GetFullPath(folder) : null;
        }
    }

    private static bool HasNode => OperatingSystem.IsLinux() && (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(':').Any(folder => File.Exists(Path.Combine(folder, "node")));
}

/// <summary>A test that needs the real engine; skipped, and loudly, where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NodeFactAttribute : FactAttribute
{
    public NodeFactAttribute([CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
        : base(file, line) => Skip = NodeServer.SkipReason;
}
