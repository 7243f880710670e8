using System.Diagnostics;
using System.Globalization;
using Gdn.Harness.Cli;
using Gdn.Harness.Server;
using Gdn.Properties.Support;
using Xunit;

namespace Gdn.Properties.Harness.Server;

/// <summary><c>serve</c> as a process.</summary>
public sealed class ServeCommandTests
{
    [Fact]
    public async Task CtrlC_EndsCleanly()
    {
        if (OperatingSystem.IsWindows()) return;
        using Process process = Process.Start(new ProcessStartInfo("dotnet")
        {
            RedirectStandardOutput = true,
            ArgumentList = { typeof(CommandLine).Assembly.Location, "serve", "--model", "synth:qwen35", "--port", "0" },
        })!;
        using var patience = new CancellationTokenSource(Running.Patience);
        string line = (await process.StandardOutput.ReadLineAsync(patience.Token))!;
        Assert.StartsWith("listening on http://127.0.0.1:", line, StringComparison.Ordinal);
        using var client = new HttpClient();
        Assert.Equal("{\"status\":\"ok\"}", await client.GetStringAsync(
            new Uri(line["listening on ".Length..] + "/health"), patience.Token));

        using (Process kill = Process.Start("kill", ["-INT", process.Id.ToString(CultureInfo.InvariantCulture)]))
            await kill.WaitForExitAsync(patience.Token);
        await process.WaitForExitAsync(patience.Token);
        Assert.Equal((int)ExitCode.Clean, process.ExitCode);
    }

    [Fact]
    public async Task Port_Taken_ExitsWithThree()
    {
        await using Running server = await Running.Start(new ServeOptions(1));
        string port = server.Client.BaseAddress!.Port.ToString(CultureInfo.InvariantCulture);
        Tool.Result result = Tool.Run("serve", "--model", "synth:qwen35", "--port", port);

        Assert.True(result.Exit == ExitCode.Environment, result.Output + result.Error);
        Assert.Contains($"127.0.0.1:{port}", result.Error, StringComparison.Ordinal);
    }
}
