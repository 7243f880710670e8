using Gdn.Harness;
using Gdn.Harness.Gate;
using Gdn.Properties.Support;
using Gdn.Reference;
using Xunit;

namespace Gdn.Properties.Harness;

/// <summary>Settings with anything in place of anything: one line that says where, and never an exception of another kind.</summary>
public sealed class StrictJsonTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    [Theory]
    [InlineData("\"models\": [\"gdn-tiny\", null]", "$.models[1]: it is null")]
    [InlineData("\"models\": null", "$.models: it is not a gate settings file")]
    [InlineData("\"models\": \"gdn-tiny\"", "$.models: it is not a gate settings file")]
    [InlineData("\"models\": [1]", "$.models[0]: it is not a gate settings file")]
    [InlineData("\"models\": [\"a\"], \"models\": [\"b\"]", "it is not a gate settings file")]
    public void Load_WrongModels_SaysWhere(string models, string problem)
    {
        File.WriteAllText(
            _path,
            "{\"engine\":\"cpu\",\"seed\":1,\"kernelCases\":1,\"schedulesPerModel\":1,\"scheduleNp\":\"1\",\"bleedModel\":\"gdn-tiny\","
            + $"\"bleedNp\":\"2\",\"bleedRounds\":1,{models}}}");
        string message = Assert.Throws<InputException>(() => GateConfig.Load(_path)).Message;
        Assert.StartsWith($"{_path}: ", message, StringComparison.Ordinal);
        Assert.Contains(problem, message, StringComparison.Ordinal);
    }

    // Every value of the shipped settings, replaced by one of each kind.
    [Fact]
    public void Load_AnyValueForAnyOther_IsReadOrRefused()
    {
        string shipped = File.ReadAllText(Repository.PathOf("ci", "gate.json"));
        string[] lines = shipped.Split('\n');
        int refused = 0;
        for (int i = 0; i < lines.Length; i++)
        {
            int colon = lines[i].IndexOf(':', StringComparison.Ordinal);
            if (colon < 0) continue;
            foreach (string value in (string[])["null", "true", "-1", "1e400", "\"\\ud800\"", "\"\"", "[]", "[null]", "{}", "\u0663"])
            {
                string line = lines[i][..(colon + 1)] + value + (lines[i].TrimEnd().EndsWith(',') ? "," : "");
                File.WriteAllText(_path, string.Join('\n', [.. lines[..i], line, .. lines[(i + 1)..]]));
                try
                {
                    GateConfig.Load(_path);
                }
                catch (InputException)
                {
                    refused++;
                }
            }
        }

        Assert.InRange(refused, 50, int.MaxValue);
    }

    [Fact]
    public void ReadBytes_WhatIsNoFile_IsAnErrorAtOnce()
    {
        foreach (string path in (string[])["", "/dev/zero", Path.GetTempPath(), _path, "a\0b"])
            Assert.StartsWith(
                $"'{path.Replace("\0", @"\u0000", StringComparison.Ordinal)}': it ", Assert.Throws<InputException>(() => InputFile.ReadBytes(path, "a file", 100)).Message,
                StringComparison.Ordinal);
        File.WriteAllText(_path, new string('x', 101));
        Assert.Contains(
            "it has 101 bytes", Assert.Throws<InputException>(() => InputFile.ReadBytes(_path, "a file", 100)).Message, StringComparison.Ordinal);
    }
}
