using System.Text.Json;
using Gdn.Harness.Cli;
using Gdn.Harness.Reports;
using Gdn.Properties.Support;
using Xunit;

namespace Gdn.Properties.Optimized.Cpu.Simd;

/// <summary>
/// The engine on machines with narrower vectors than this one: kernel cases in all input regimes and schedules, in a process
/// that is denied the wider ones.
/// </summary>
public class WidthTests
{
    [Theory]
    [InlineData("DOTNET_EnableAVX512", 256)]
    [InlineData("DOTNET_EnableAVX2", 128)]
    [InlineData("DOTNET_EnableHWIntrinsic", 0)]
    public void Check_NarrowerVectors_Clean(string denied, int bits)
    {
        string folder = Directory.CreateTempSubdirectory("gdn-width-").FullName, report = Path.Combine(folder, "report.json");
        try
        {
            Tool.Result run = Tool.Run(
                new Dictionary<string, string> { [denied] = "0" },
                "check", "--engine", "cpu+threads:2", "--model", "synth:qwen35:1:small", "--np", "1..3", "--cases", "45",
                "--shapes", "random", "--seed", "1", "--out", folder, "--json", report);

            Assert.True(run.Exit == ExitCode.Clean, run.Output + run.Error);
            using JsonDocument json = JsonDocument.Parse(File.ReadAllText(report));
            // A machine may have narrower ones to begin with.
            Assert.Equal(
                Math.Min(bits, RunEnvironment.Current.VectorBits),
                json.RootElement.GetProperty("environment").GetProperty("vectorBits").GetInt32());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
