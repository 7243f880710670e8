using Gdn.Harness.Checks;
using Gdn.Harness.Engines;
using Gdn.Harness.Faults;
using Gdn.Harness.Findings;
using Gdn.Harness.Models;
using Gdn.Harness.Schedules;
using Gdn.Properties.Support;
using Gdn.Reference;
using Xunit;

namespace Gdn.Properties.Harness.Findings;

/// <summary>Every schedule that ships as a past failure still shows the fault that it was shrunk from.</summary>
public sealed class PastFailuresTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("past-failures");

    public void Dispose() => _folder.Delete(recursive: true);

    public static TheoryData<string> Ids => new(PastFailure.All.Select(past => past.Id));

    [Theory]
    [MemberData(nameof(Ids))]
    public void ShippedFile_ItsFaultFailsAndTheCleanEngineDoesNot(string id)
    {
        var past = new PastFailure(id);
        ScheduleFile file = past.Read();
        LoadedModel model = past.Model;
        Discrepancy? OnEngine(string engine)
        {
            using NamedEngine spec = EngineCatalog.Parse(engine);
            return past.Check.RunGuarded(new ModelCase(file.Schedule, spec, model), CancellationToken.None).Discrepancy;
        }

        ScheduleTracker.Validate(file.Schedule, model.Limits(file.Schedule.Slots));
        Assert.NotNull(OnEngine(past.Engine));
        Assert.Null(OnEngine("cpu"));
    }

    // The reason says where the field saw it, as the catalogue does.
    [Theory]
    [MemberData(nameof(Ids))]
    public void ShippedFile_ItsReasonNamesTheReports(string id) => Assert.All(
        FaultCatalog.Named(id).Source.Split(", "),
        source => Assert.Contains(source.Split(' ')[^1], new PastFailure(id).Read().Reason, StringComparison.Ordinal));

    [Fact]
    public void Shipped_AllFilesAreInTheTool() => Assert.Equal(
        PastFailure.All.Select(past => past.Read().Write()),
        PastFailures.Shipped().Zip(PastFailure.All, (schedule, past) => (past.Read() with { Schedule = schedule }).Write()));

    [Fact]
    public void In_ReplayFilesAndSchedules_GivesBoth()
    {
        var schedule = new Schedule(2, 1, [new DecodeStep([new SequenceRun(0, [1, 2])])]);
        File.WriteAllText(Path.Combine(_folder.FullName, "b.txt"), new ScheduleFile("why", schedule).Write());
        File.WriteAllText(Path.Combine(_folder.FullName, "notes.md"), "no schedule");
        new ReplayFile
        {
            Schema = ReplayFile.CurrentSchema,
            Engine = "cpu",
            Model = "synth:qwen35",
            ModelSha256 = "00",
            Check = "differential",
            Seed = 1,
            Summary = "found",
            Schedule = schedule with { Slots = 1 },
        }.Write(Path.Combine(_folder.FullName, "a.json"));

        Assert.Equal([1, 2], PastFailures.In(_folder.FullName).Select(past => past.Slots));
    }

    [Fact]
    public void In_ScheduleWithAMistake_NamesFileAndLine()
    {
        string path = Path.Combine(_folder.FullName, "mine.txt");
        File.WriteAllText(path, "np 1, planes 1\ndecode seq 0 1\n");
        InputException e = Assert.Throws<InputException>(() => PastFailures.In(_folder.FullName));
        Assert.StartsWith($"{path}: line 2: 'seq 0 1' is not the run of a sequence; write ", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void In_NoFolder_SaysSo() => Assert.Contains(
        "it is not a folder", Assert.Throws<InputException>(() => PastFailures.In("missing")).Message, StringComparison.Ordinal);
}
