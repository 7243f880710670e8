using Gdn.Harness.History;
using Gdn.Harness.Reports;
using Gdn.Properties.Support;
using Gdn.Reference;
using Microsoft.Data.Sqlite;
using Xunit;

namespace Gdn.Properties.Harness.History;

/// <summary>The same of SQLite and of a PostgreSQL server.</summary>
public sealed class HistoryStoreTests : IDisposable
{
    private readonly HistoryPlaces _places = new();

    public static TheoryData<string> Kinds => HistoryPlaces.Kinds;

    public void Dispose() => _places.Dispose();

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Add_IsThereAfterwards_Once(string kind)
    {
        HistoryPlace place = _places.Of(kind);
        HistoryRun first = SampleRuns.At(1), second = SampleRuns.At(2, 2.5);
        using (var store = HistoryStore.Open(place))
        {
            Assert.True(store.Add(first));
            Assert.True(store.Add(second));
            Assert.False(store.Add(first));
        }

        using var again = HistoryStore.Open(place);
        Assert.Equal([second.Id, first.Id], again.Latest(10).Select(run => run.Id));
        Assert.Equal([second.Id], again.Latest(1).Select(run => run.Id));
        HistoryEntry entry = Assert.Single(again.Find(first.Id[..6]));
        Assert.Equal(
            (first.Time, Verdict.Clean, "ppl", "engine cpu, model tiny (sha256 0123)", "c000100000"),
            (entry.Time, entry.Verdict, entry.Command, entry.Subject, entry.Commit));
        Assert.Equal(first.Report, again.Get(first.Id).Report);
        Assert.Equal([first.Report, second.Report], again.Reports());
        Assert.Equal(first.Id, again.LatestOf(first.Series, second.Time)?.Id);
        Assert.Null(again.LatestOf(first.Series, first.Time));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Trends_HaveRunsThatAreAlike_Only(string kind)
    {
        using var store = HistoryStore.Open(_places.Of(kind));
        for (int i = 0; i < 4; i++) store.Add(SampleRuns.At(i, value: i));
        store.Add(SampleRuns.At(5, value: 50, processor: "another"));
        store.Add(SampleRuns.At(6, value: 60, model: "another"));

        Trend trend = store.Trends(SampleRuns.At(0).Series, most: 3).Single(trend => trend.Name == SampleRuns.Figure);
        Assert.Equal([1, 2, 3], trend.Points.Select(point => point.Value));
        Assert.Equal("c000300000", trend.Points[^1].Commit);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Add_FromSeveralAtOnce_LosesNothing(string kind)
    {
        const int writers = 3, runs = 10;
        string place = _places.Named(kind);
        await Task.WhenAll(Enumerable.Range(0, writers).Select(writer => Task.Run(() =>
        {
            using var store = HistoryStore.Open(HistoryPlace.Parse(place));
            for (int i = 0; i < runs; i++) Assert.True(store.Add(SampleRuns.At(writer * runs + i)));
        })));
        using var store = HistoryStore.Open(HistoryPlace.Parse(place));
        Assert.Equal(writers * runs, store.Latest(100).Count);
        Assert.Equal(writers * runs, store.Trends(SampleRuns.At(0).Series, 100).Single(trend => trend.Name == SampleRuns.Figure).Points.Count);
    }

    // A process that is killed between two statements leaves this behind.
    [Fact]
    public void Add_NotCommitted_IsNotThereAndHindersNobody()
    {
        string path = _places.Named("sqlite"), copy = path + ".copy";
        using (var store = HistoryStore.Open(HistoryPlace.Parse(path))) store.Add(SampleRuns.At(1));
        using (var connection = (SqliteConnection)HistoryPlace.Parse(path).Open())
        {
            using SqliteTransaction transaction = connection.BeginTransaction();
            using SqliteCommand command = connection.CreateCommand();
            command.CommandText = "UPDATE run SET verdict = 'dirty'";
            command.ExecuteNonQuery();
            foreach (string end in (string[])["", "-wal"]) File.Copy(path + end, copy + end);
        }

        using var after = HistoryStore.Open(HistoryPlace.Parse(copy));
        Assert.Equal(Verdict.Clean, Assert.Single(after.Latest(10)).Verdict);
        Assert.True(after.Add(SampleRuns.At(2)));
    }

    [Fact]
    public void Add_DiskIsFull_KeepsWhatWasCommitted()
    {
        HistoryPlace place = _places.Of("sqlite");
        int added = 0;
        using (var store = HistoryStore.Open(place)) store.Add(SampleRuns.At(added++));
        using (var connection = (SqliteConnection)place.Open())
        {
            // SQLite takes that as it does a full disk, for this connection.
            using SqliteCommand command = connection.CreateCommand();
            command.CommandText = "PRAGMA page_count";
            long pages = (long)command.ExecuteScalar()!;
            command.CommandText = $"PRAGMA max_page_count = {pages + 20}";
            command.ExecuteNonQuery();
            using HistoryStore full = HistoryStore.On(place, connection);
            void Fill()
            {
                for (; added < 1000; added++) full.Add(SampleRuns.At(added));
            }

            EnvironmentException failure = Assert.Throws<EnvironmentException>(Fill);
            Assert.Contains("full", failure.Message, StringComparison.Ordinal);
        }

        using var after = HistoryStore.Open(place);
        Assert.InRange(added, 2, 100);
        Assert.Equal(added, after.Latest(1000).Count);
        Assert.Equal(added, after.Trends(SampleRuns.At(0).Series, 1000).Single(trend => trend.Name == SampleRuns.Figure).Points.Count);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Open_MadeByALaterVersion_IsRefused(string kind)
    {
        HistoryPlace place = _places.Of(kind);
        HistoryStore.Open(place).Dispose();
        using (System.Data.Common.DbConnection connection = place.Open())
        using (System.Data.Common.DbCommand command = connection.CreateCommand())
        {
            command.CommandText = "INSERT INTO gdn_schema (version) VALUES (1000)";
            command.ExecuteNonQuery();
        }

        Assert.Contains("a later version", Assert.Throws<InputException>(() => HistoryStore.Open(place)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_AnotherFile_IsRefusedAndStaysAsItWas()
    {
        string path = _places.Named("sqlite");
        File.WriteAllText(path, new string('x', 5000));
        Assert.Contains("it is no history", Assert.Throws<InputException>(() => HistoryStore.Open(HistoryPlace.Parse(path))).Message);
        Assert.Equal(new string('x', 5000), File.ReadAllText(path));
    }

    [Fact]
    public void Open_NoServer_SaysWhereWithoutThePassword()
    {
        string message = Assert.Throws<EnvironmentException>(
            () => HistoryStore.Open(HistoryPlace.Parse("postgres://me:secret@127.0.0.1:1/db"))).Message;
        Assert.StartsWith("postgres://127.0.0.1:1/db: the history cannot be used", message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mysql://h/db", "it is no file and no address of PostgreSQL")]
    [InlineData("postgres://h/db?nonsense=1", "'nonsense' is not an option of Npgsql")]
    public void Parse_Other_IsRefused(string text, string message) => Assert.Contains(
        message, Assert.Throws<InputException>(() => HistoryPlace.Parse(text).Open()).Message, StringComparison.Ordinal);

    [Fact]
    public void Of_HostileReport_ReadsWhatItSays()
    {
        var run = HistoryRun.Of(SampleReports.Mixed);
        Assert.Equal(["k/k", "live-bleed/ragged"], run.Fingerprints);
        Assert.Equal(2, run.Metrics.Single(metric => metric.Name == "findings").Value);
        Assert.Equal(run.Id, HistoryRun.Read("again", run.Report.ReplaceLineEndings("")).Id);
    }

    [Theory]
    [InlineData("{}", "f: time: it is missing; ")]
    [InlineData("[1]", "f, line 1: it is not a report: ")]
    [InlineData("""{"command":"c","verdict":"green","time":"2026-01-01"}""", "f: verdict: 'green' is no verdict; ")]
    [InlineData("""{"command":"c","verdict":"clean","time":"soon"}""", "f: time: 'soon' is no time; ")]
    public void Read_NoReport_SaysWhat(string json, string message) =>
        Assert.StartsWith(message, Assert.Throws<InputException>(() => HistoryRun.Read("f", json)).Message, StringComparison.Ordinal);
}
