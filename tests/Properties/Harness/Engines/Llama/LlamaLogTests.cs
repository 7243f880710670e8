using Gdn.Harness.Engines.Llama;
using Xunit;

namespace Gdn.Properties.Harness.Engines.Llama;

/// <summary>Why a call of the library has failed is what it logged in that call.</summary>
public sealed class LlamaLogTests
{
    private const int Debug = 1, Info = 2, Warning = 3, Error = 4, Continued = 5;

    [Fact]
    public void Reason_SeveralLines_IsTheFirstErrorElseTheLastWarning()
    {
        LlamaLog.Begin();
        Assert.Null(LlamaLog.Reason());
        LlamaLog.Add(Info, "loading\n");
        LlamaLog.Add(Debug, "detail");
        Assert.Null(LlamaLog.Reason());
        LlamaLog.Add(Warning, "odd size\n");
        LlamaLog.Add(Warning, "odder size\n");
        Assert.Equal("odder size", LlamaLog.Reason());
        LlamaLog.Add(Error, "unknown architecture: ");
        LlamaLog.Add(Continued, "'llama9'\n");
        LlamaLog.Add(Error, "failed to load\n");
        Assert.Equal("unknown architecture: 'llama9'", LlamaLog.Reason());
        Assert.Equal("failed to load", LlamaLog.Last("load"));
        LlamaLog.Begin();
        Assert.Null(LlamaLog.Reason());
    }
}
