using System.Diagnostics;
using System.Text.Json;
using Gdn.Harness.Cli;
using Gdn.Properties.Harness.Engines.Native;
using Gdn.Properties.Support;
using Xunit;

namespace Gdn.Properties.Harness.Engines.Isolation;

/// <summary>
/// Engines that mean harm, each judged by the tool in a process of its own: whatever they do, there is a verdict, and nothing of
/// them is left on the process table. A few run always; all of them with <c>dotnet test tests/Properties --filter
/// FullyQualifiedName~HostileEngineTests -- xUnit.Explicit=on</c>.
/// </summary>
public sealed class HostileEngineTests : IDisposable
{
    // On a loaded machine too: what is longer has no end.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly string _folder = Directory.CreateTempSubdirectory("gdn-hostile-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>Place and act in <c>hostile.c</c>; the check that may find it, or the exit code of a tool that cannot judge.</summary>
    public static TheoryData<string, string> All { get; } = new()
    {
        { "constructor.hang", "3" },
        { "constructor.spin", "3" },
        { "constructor.abort", "3" },
        { "constructor.exit", "3" },
        { "constructor.segv", "3" },
        { "constructor.fork-abort", "3" },
        { "constructor.fork-hang", "3" },
        { "constructor.daemon-abort", "3" },
        { "constructor.exec-abort", "3" },
        { "constructor.stop", "3" },
        { "constructor.flood-err", "3" },
        { "constructor.close-hang", "3" },
        { "constructor.claim", "3" },
        { "describe.hang", "3" },
        { "describe.spin8", "3" },
        { "describe.segv", "3" },
        { "describe.setsid-abort", "3" },
        { "declare.null", "2" },
        { "declare.wild", "3" },
        { "declare.size-", "2" },
        { "declare.call", "2" },
        { "declare.chunk-", "2" },
        { "declare.format", "2" },
        { "declare.batch-", "2" },
        { "declare.positions-", "2" },
        { "declare.depth-", "2" },
        { "declare.levels", "2" },
        { "version.0", "2" },
        { "version.-1", "2" },
        { "supports.hang", "Hang" },
        { "supports.abort", "Crash" },
        { "kernel.hang", "Hang" },
        { "kernel.spin", "Hang" },
        { "kernel.segv", "Crash" },
        { "kernel.fork-abort", "Crash" },
        { "kernel.daemon-abort", "Crash" },
        { "kernel.long-error", "Returns" },
        { "kernel.refuse", "Refused" },
        { "kernel.nan", "Finite" },
        { "kernel.unmap", "Crash" },
        { "create.hang", "hang" },
        { "create.spin", "hang" },
        { "create.abort", "crash" },
        { "create.daemon-abort", "crash" },
        { "create.refuse", "2" },
        { "create.long-error", "play" },
        { "no-model.null", "crash" },
        { "rows.-1", "play" },
        { "rows.2147483647", "play" },
        { "vocabulary.hang", "hang" },
        { "decode.hang", "hang" },
        { "decode.spin8", "hang" },
        { "decode.threads", "hang" },
        { "decode.abort", "crash" },
        { "decode.exit1", "crash" },
        { "decode.overflow", "crash" },
        { "decode.stop", "hang" },
        { "decode.term", "crash" },
        { "decode.hangup", "crash" },
        { "decode.kill", "crash" },
        { "decode.fork-abort", "crash" },
        { "decode.fork-hang", "hang" },
        { "decode.fork-many", "crash" },
        { "decode.setsid-abort", "crash" },
        { "decode.daemon-abort", "crash" },
        { "decode.exec-abort", "crash" },
        { "decode.daemon", "differential" },
        { "decode.fork", "differential" },
        { "decode.flood", "differential" },
        { "decode.flood-out", "crash" },
        { "decode.close", "crash" },
        { "decode.close-hang", "hang" },
        { "decode.scribble", "crash" },
        { "decode.claim", "crash" },
        { "decode.chdir", "differential" },
        { "decode.allocate", "crash" },
        { "decode.crash-in-thread", "crash" },
        { "decode.drip", "differential" },
        { "decode.status", "play" },
        { "decode.long-error", "play" },
        { "decode.bad-error", "crash" },
        { "decode.rude-error", "play" },
        { "decode.nan", "differential" },
        { "position.hang", "hang" },
        { "lost.position", "play" },
        { "clear.hang", "hang" },
        { "copy.fork-abort", "crash" },
        { "snapshot.hang", "hang" },
        { "snapshot.abort", "crash" },
        { "restore.spin", "hang" },
        { "rollback.segv", "crash" },
        { "counters.hang", "hang" },
        { "destroy.hang", "hang" },
        { "destroy.abort", "crash" },
        { "destroy.daemon-abort", "crash" },
    };

    [CCompilerTheory]
    [InlineData("constructor.daemon-abort", "3")]
    [InlineData("decode.fork-abort", "crash")]
    [InlineData("decode.exec-abort", "crash")]
    [InlineData("create.hang", "hang")]
    [InlineData("supports.hang", "Hang")]
    [InlineData("decode.claim", "crash")]
    [InlineData("decode.long-error", "play")]
    public void Judged_EndsWithAVerdict_AndNothingIsLeft(string how, string outcome) => Judge(how, outcome);

    [CCompilerTheory(Explicit = true)]
    [MemberData(nameof(All), DisableDiscoveryEnumeration = true)]
    public void All_EndWithAVerdict_AndNothingIsLeft(string how, string outcome) => Judge(how, outcome, exactly: false);

    private void Judge(string how, string outcome, bool exactly = true)
    {
        string library = Path.Combine(_folder, $"hostile.{how}.so"), json = Path.Combine(_folder, "r.json");
        File.CreateSymbolicLink(library, NativeSources.Build("hostile.c"));
        using Process tool = Tool.Start(
        [
            "check", "--engine", "native:" + library, "--model", "synth:qwen35:1:small", "--seed", "1", "--np", "2..2",
            "--engine-timeout", "1", "--cases", "40", "--kernel-cases", "4", "--shapes", "random,K16,V16,T1..4,Hv1..2,n1..2",
            "--max-findings", "9", "--time", "10", "--json", json, "--out", Path.Combine(_folder, "f"),
        ]);
        Task<string> output = tool.StandardOutput.ReadToEndAsync(), error = tool.StandardError.ReadToEndAsync();
        bool ended = tool.WaitForExit(Patience);
        if (!ended) tool.Kill();
        string all = output.Result + error.Result;
        Assert.True(ended, $"{how} does not end\n{all}");
        Assert.DoesNotContain("   at ", all, StringComparison.Ordinal);
        Assert.Equal([], Holding(library));
        if (outcome.Length == 1)
        {
            Assert.True(tool.ExitCode == outcome[0] - '0', all);
            return;
        }

        Assert.True(tool.ExitCode == (int)ExitCode.Dirty, all);
        // On a loaded machine one that hangs may be seen to crash, or to do so only sometimes.
        if (!exactly) return;
        JsonElement report = JsonDocument.Parse(File.ReadAllText(json)).RootElement;
        Assert.Contains(outcome, report.GetProperty("findings").EnumerateArray().Select(finding => finding.GetProperty("check").GetString()));
    }

    // By what is mapped into them, and what they were started as: a parent and a session can be given up.
    private static string[] Holding(string library) =>
        [.. Directory.EnumerateDirectories("/proc").Where(process => Path.GetFileName(process).All(char.IsAsciiDigit))
            .Where(process => Mentions(Path.Combine(process, "maps"), library) || Mentions(Path.Combine(process, "cmdline"), library))];

    private static bool Mentions(string file, string library)
    {
        try
        {
            return File.ReadAllText(file).Contains(Path.GetFileName(library), StringComparison.Ordinal);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
