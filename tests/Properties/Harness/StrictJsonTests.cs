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
    [InlineData("\"models\": [\"gdn-tiny\", null]", ": parts.schedules.models[1]: it is null")]
    [InlineData("\"models\": null", ", line 5: parts.schedules.models: it is not a gate settings file: it must not be null")]
    [InlineData("\"models\": \"gdn-tiny\"", ", line 5: parts.schedules.models: it is not a gate settings file: it is not a list")]
    [InlineData("\"models\": [1]", ", line 5: parts.schedules.models[0]: it is not a gate settings file: it is not a text in quotes")]
    [InlineData("\"models\": [\"a\"], \"models\": [\"b\"]", "it is not a gate settings file: a field stands there twice")]
    [InlineData("\"model\": [\"a\"]", ", line 5: parts.schedules.model: it is not a gate settings file: there is no field 'model'")]
    [InlineData("\"np\": \"1\"", "it is not a gate settings file: it lacks models")]
    [InlineData("\"models\": [\"a\"], \"seconds\": 1e9", ", line 5: parts.schedules.seconds: it is not a gate settings file: it is not a whole number")]
    [InlineData("\"models\": []", ": parts.schedules.models: it is empty")]
    [InlineData("\"models\": [\"a\"], \"seconds\": 0", ": parts.schedules.seconds: 0 is too small")]
    [InlineData("\"models\": [\"a\",", ", line 5: ")]
    public void Load_Mistake_SaysWhereInTheWordsOfTheFile(string fields, string problem)
    {
        File.WriteAllText(_path, $"// settings\n{{\"seed\":1,\n\"parts\":{{\n \"schedules\":{{\"perModel\":1,\n{fields}}}\n}}}}");
        string message = Assert.Throws<InputException>(() => GateConfig.Load(_path)).Message;
        Assert.StartsWith(_path, message, StringComparison.Ordinal);
        Assert.Contains(problem, message, StringComparison.Ordinal);
        Assert.DoesNotContain("System.", message, StringComparison.Ordinal);
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
