using Gdn.Harness.Cli;
using Gdn.Harness.Findings;
using Gdn.Properties.Support;
using Gdn.Reference.Models;
using Xunit;

namespace Gdn.Properties.Harness.Cli;

/// <summary>Files, addresses and options from people that nobody vouches for.</summary>
public sealed class UntrustedInputTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gdn-untrusted-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string PathOf(string name) => Path.Combine(_folder, name);

    private string ReplayOf(string engine, string content)
    {
        File.WriteAllText(
            PathOf("r.json"),
            $"{{\"schema\":3,\"engine\":\"{engine}\",\"check\":\"kernel\",\"seed\":1,\"summary\":\"s\",{content}}}");
        return PathOf("r.json");
    }

    [Theory]
    [InlineData("native:/no/such/library.so")]
    [InlineData("assembly:/no/such/assembly.dll")]
    [InlineData("ggml:/no/such/folder")]
    [InlineData("llama:/no/such/folder")]
    public void Replay_LibraryThatTheFileNames_IsRunOnlyWithTrust(string engine)
    {
        const string kernel = "\"kernelCase\":\"slow-gates:T5,n3,Hk1,Hv2,K16,V32,tiled,head,p2,rows5:9fe12c\"";
        Tool.Result untrusted = Tool.Run("replay", ReplayOf(engine, kernel));
        Assert.Equal(ExitCode.Usage, untrusted.Exit);
        Assert.Contains("add --trust if you trust the file, or name what to use with --engine", untrusted.Error, StringComparison.Ordinal);
        Tool.Result trusted = Tool.Run("replay", PathOf("r.json"), "--trust");
        Assert.Contains("/no/such/", trusted.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("--trust", trusted.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Clean, Tool.Run("replay", PathOf("r.json"), "--engine", "cpu").Exit);
    }

    [Fact]
    public void Replay_ServerThatTheFileNames_IsAskedOnlyWithTrust()
    {
        const string round = "\"round\":{\"scenario\":\"Churn\",\"slots\":1,\"requests\":[{\"prompt\":{\"tokens\":[1]},\"maxTokens\":1}]}";
        Tool.Result untrusted = Tool.Run("replay", ReplayOf("server:http://127.0.0.1:9/", round));
        Assert.Equal(ExitCode.Usage, untrusted.Exit);
        Assert.Contains("name what to use with --server", untrusted.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Environment, Tool.Run("replay", PathOf("r.json"), "--trust").Exit);
    }

    [Fact]
    public void Finding_OfAForeignEngine_SaysHowToReplayIt()
    {
        var finding = new Finding("f", "play", "native:/l.so") { ReplayPath = "a b.json" };
        finding = finding with { Replay = ReplayFile.Of(finding, 1) };
        Assert.Equal("gdn-harness replay 'a b.json' --trust", Gdn.Harness.Reports.Writers.FindingText.Replay(finding));
        finding = finding with { Replay = finding.Replay with { Engine = "cpu" }, ReplayPath = "f.json" };
        Assert.Equal("gdn-harness replay f.json", Gdn.Harness.Reports.Writers.FindingText.Replay(finding));
    }

    [Theory]
    [InlineData("--header", "X-A: b\r\nX-C: d")]
    [InlineData("--header", "X A: b")]
    [InlineData("--header", "Content-Length: 5")]
    [InlineData("--header", ": b")]
    [InlineData("--header", "no colon")]
    [InlineData("--header", "X-A: \u00fc\u4f60")]
    [InlineData("--api-key", "a\nb")]
    [InlineData("--server", "ftp://x:secret@host/")]
    [InlineData("--server", "x:secret@host")]
    public void Bleed_OptionThatCannotBeSent_IsUsage(string option, string value)
    {
        Tool.Result result = option == "--server"
            ? Tool.Run("bleed", option, value)
            : Tool.Run("bleed", "--server", "http://127.0.0.1:9", option, value);
        Assert.Equal(ExitCode.Usage, result.Exit);
        Assert.DoesNotContain("secret", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Bleed_AddressWithCredentials_NeverShowsThem()
    {
        Tool.Result result = Tool.Run(
            "bleed", "--server", "http://user:secret@127.0.0.1:9/v1?key=secret#secret", "--out", PathOf("f"), "--json", PathOf("r.json"));
        Assert.Equal(ExitCode.Environment, result.Exit);
        Assert.Contains("http://127.0.0.1:9/v1", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", result.Error + result.Output, StringComparison.Ordinal);
    }

    // Escape sequences, line ends and marks of direction, wherever a file can have text.
    [Fact]
    public void ModelInfo_HostileNames_AreShownAsText()
    {
        const string hostile = "\u001b[31m\u202Ename\nverdict: CLEAN";
        FileContents contents = FileContents.Of(Architecture.Qwen35);
        contents.Metadata["general.name"] = hostile;
        contents.Metadata["general.description"] = hostile + new string('x', 1 << 20);
        contents.Metadata["qwen35." + hostile] = 1u;
        contents.Metadata["tokenizer.ggml.pre"] = hostile;
        contents.Put(TensorData.Of(hostile, [1], 0));
        File.WriteAllBytes(PathOf("m.gguf"), contents.ToArray());
        Tool.Result info = Tool.Run("model", "info", PathOf("m.gguf"), "--tensors");
        Assert.Equal(ExitCode.Clean, info.Exit);
        Assert.Contains(@"\u001b[31m\u202ename\nverdict: CLEAN", info.Output, StringComparison.Ordinal);

        contents.Metadata["general.architecture"] = hostile + new string('x', 1 << 20);
        File.WriteAllBytes(PathOf("n.gguf"), contents.ToArray());
        Tool.Result refused = Tool.Run("model", "info", PathOf("n.gguf"));
        Assert.Equal(ExitCode.Usage, refused.Exit);
        foreach (string text in (string[])[info.Output, refused.Error])
        {
            Assert.DoesNotContain(text, c => c == '\u202E' || (char.IsControl(c) && c is not ('\n' or '\r')));
            Assert.DoesNotContain(text.Split('\n'), line => line.StartsWith("verdict: CLEAN", StringComparison.Ordinal));
            Assert.InRange(text.Length, 100, 50_000);
        }
    }

    [Fact]
    public void Check_OutputThatIsAPipe_IsUsageAtOnce()
    {
        if (!OperatingSystem.IsLinux()) return;
        System.Diagnostics.Process.Start("mkfifo", PathOf("pipe")).WaitForExit();
        Tool.Result result = Tool.Run("check", "--engine", "cpu", "--cases", "1", "--json", PathOf("pipe"));
        Assert.Equal(ExitCode.Usage, result.Exit);
        Assert.Contains("it is no plain file", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Check_SameFolderTwice_KeepsBothRuns()
    {
        string[] Run(string seed) =>
        [
            .. Tool.Run(
                "check", "--engine", "cpu+fault:slot-reuse-no-zero", "--model", "synth:qwen35:1:tiny", "--cases", "8", "--kernel-cases", "1", "--shapes", "random", "--seed", seed, "--out",
                PathOf("f")).Output.Split('\n').Where(line => line.Contains("replay: ", StringComparison.Ordinal)),
        ];
        string[] first = Run("1");
        var before = Directory.GetFiles(PathOf("f")).ToDictionary(path => path, File.ReadAllText);
        string[] second = Run("2");
        Assert.NotEmpty(first);
        Assert.NotEmpty(second);
        Assert.Empty(first.Intersect(second));
        foreach ((string path, string text) in before) Assert.Equal(text, File.ReadAllText(path));
    }
}
