using System.Diagnostics;
using System.IO.Pipes;
using Gdn.Harness.Engines.Isolation;
using Gdn.Harness.Models;
using Gdn.Properties.Support;
using Gdn.Reference.Batches;
using Xunit;

namespace Gdn.Properties.Harness.Engines.Isolation;

/// <summary>An engine's process without the tool, whose part the test plays.</summary>
public sealed class EngineHostTests : IDisposable
{
    private static readonly string Assembly = Path.Combine(AppContext.BaseDirectory, "foreign", "Gdn.ForeignEngine.dll");

    private readonly NamedPipeServerStream _pipe;
    private readonly Process _process;
    private readonly Channel _channel;

    public EngineHostTests()
    {
        string name = $"gdn-test-{Guid.NewGuid():n}"[..20];
        _pipe = new NamedPipeServerStream(name, PipeDirection.InOut);
        _process = Process.Start(EngineHostProcess.StartInfo(name, $"assembly:{Assembly}:Hanging"))!;
        _pipe.WaitForConnection();
        _channel = new Channel(_pipe);
    }

    public void Dispose()
    {
        _process.Kill();
        _process.Dispose();
        _channel.Dispose();
    }

    // In an endless loop it cannot see that nobody listens any more.
    [Fact]
    public void ToolDies_InTheMiddleOfACall_ProcessEnds()
    {
        StartCallThatHangs();
        _process.StandardInput.Close();
        Assert.True(_process.WaitForExit(TimeSpan.FromSeconds(30)), "the engine's process outlives the tool");
    }

    [Fact]
    public void ToolDies_BetweenCalls_ProcessEnds()
    {
        _pipe.Disconnect();
        Assert.True(_process.WaitForExit(TimeSpan.FromSeconds(30)), "the engine's process outlives the tool");
    }

    private void StartCallThatHangs()
    {
        _channel.Write(Request.Create);
        _channel.Write(ModelFiles.PathOf(SampleModels.Qwen35));
        foreach (int option in (int[])[2, 1, 512, 512]) _channel.Write(option);
        _channel.Send();
        _channel.Receive();
        Assert.Equal(Reply.Done, _channel.Read<Reply>());
        _channel.Write(Request.Decode);
        _channel.Write<BatchToken>([new BatchToken(1, 0, 0, true), new BatchToken(2, 1, 0, true)]);
        _channel.Send();
    }
}
