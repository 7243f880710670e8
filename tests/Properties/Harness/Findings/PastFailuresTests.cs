using Gdn.Harness.Checks;
using Gdn.Harness.Engines;
using Gdn.Harness.Findings;
using Gdn.Harness.Models;
using Gdn.Properties.Support;
using Gdn.Reference;
using Xunit;

namespace Gdn.Properties.Harness.Findings;

/// <summary>Every schedule that ships as a past failure still shows the fault that it was shrunk from.</summary>
public class PastFailuresTests
{
    public static TheoryData<string> Files =>
        new(Directory.EnumerateFiles(Repository.PathOf("ci", "past-failures"), "*.json").Select(Path.GetFileName)!);

    [Theory]
    [MemberData(nameof(Files))]
    public void ShippedFile_ItsFaultFailsAndTheCleanEngineDoesNot(string name)
    {
        ReplayFile file = ReplayFile.Read(Repository.PathOf("ci", "past-failures", name));
        LoadedModel model = LoadedModel.Load(file.Model!);
        Assert.Equal(file.ModelSha256, model.Sha256);
        IModelCheck check = ModelChecks.Named(file.Check);
        Discrepancy? OnEngine(string engine)
        {
            using NamedEngine spec = EngineCatalog.Parse(engine);
            return check.RunGuarded(
                new ModelCase(file.PlayableSchedule(name, model.Limits), spec, model), CancellationToken.None).Discrepancy;
        }

        Assert.NotNull(OnEngine(file.Engine));
        Assert.Null(OnEngine("cpu"));
    }

    [Fact]
    public void Shipped_AllFilesAreInTheTool() => Assert.Equal(Files.Count, PastFailures.Shipped().Count);

    [Fact]
    public void In_NoFolder_SaysSo() =>
        Assert.Contains("it is no folder", Assert.Throws<InputException>(() => PastFailures.In("missing")).Message, StringComparison.Ordinal);
}
