using System.Data.Common;
using System.Globalization;
using Gdn.Harness.Reports;
using Gdn.Reference;

namespace Gdn.Harness.History;

/// <summary>
/// Runs and their figures in a database. A run is written in one transaction: it is there as a whole or not at all, whatever ends
/// the process, and several processes may write at once. Not thread-safe.
/// </summary>
public sealed class HistoryStore : IDisposable
{
    private const string Columns = "SELECT id, time, series, verdict, command, subject, machine, commit_id, tool FROM run";
    private readonly HistoryPlace _place;
    private readonly DbConnection _connection;

    private HistoryStore(HistoryPlace place, DbConnection connection) => (_place, _connection) = (place, connection);

    /// <summary>Opens a history, and makes it, or brings it to the present form, where needed.</summary>
    /// <exception cref="InputException">The file is something else, or was made by a later version.</exception>
    /// <exception cref="EnvironmentException">The database cannot be reached or written.</exception>
    public static HistoryStore Open(HistoryPlace place) => On(place, Explained(place, place.Open));

    /// <summary>The same on a connection, which then belongs to the store.</summary>
    internal static HistoryStore On(HistoryPlace place, DbConnection connection) => Explained(place, () =>
    {
        var store = new HistoryStore(place, connection);
        try
        {
            store.Migrate();
            return store;
        }
        catch
        {
            store.Dispose();
            throw;
        }
    });

    /// <summary>Adds a run; false where it is there already.</summary>
    /// <exception cref="EnvironmentException">The database cannot be written.</exception>
    public bool Add(HistoryRun run) => Explained(() =>
    {
        using DbTransaction transaction = _connection.BeginTransaction();
        int added = Command(
            "INSERT INTO run (id, time, series, command, verdict, subject, machine, commit_id, tool, report) VALUES "
            + "(@id, @time, @series, @command, @verdict, @subject, @machine, @commit, @tool, @report) ON CONFLICT DO NOTHING",
            ("id", run.Id), ("time", run.Time.ToUnixTimeMilliseconds()), ("series", run.Series), ("command", run.Command),
            ("verdict", Cell.TextOf(run.Verdict)), ("subject", run.Subject), ("machine", run.Machine), ("commit", run.Commit),
            ("tool", run.Tool), ("report", run.Report)).ExecuteNonQuery();
        if (added == 0) return false;
        foreach (HistoryMetric metric in run.Metrics)
            Command(
                "INSERT INTO metric (series, name, time, run_id, value) VALUES (@series, @name, @time, @id, @value)",
                ("series", run.Series), ("name", metric.Name), ("time", run.Time.ToUnixTimeMilliseconds()), ("id", run.Id),
                ("value", metric.Value)).ExecuteNonQuery();
        transaction.Commit();
        return true;
    });

    /// <summary>The latest runs, the latest first.</summary>
    /// <param name="most">How many at most.</param>
    public IReadOnlyList<HistoryEntry> Latest(int most) => Entries("ORDER BY time DESC, id DESC LIMIT @most", ("most", most));

    /// <summary>Runs whose identifier begins with this: two at most, so that it is seen whether there are several.</summary>
    public IReadOnlyList<HistoryEntry> Find(string prefix) =>
        Entries("WHERE id >= @from AND id < @to ORDER BY id LIMIT 2", ("from", prefix), ("to", prefix + "~"));

    /// <summary>The latest run of a series before a time; null if it has no earlier run.</summary>
    public HistoryRun? LatestOf(string series, DateTimeOffset before)
    {
        List<string> reports = Rows(
            "SELECT report FROM run WHERE series = @series AND time < @before ORDER BY time DESC LIMIT 1", row => row.GetString(0),
            ("series", series), ("before", before.ToUnixTimeMilliseconds()));
        return reports is [var report] ? HistoryRun.Read(_place.Name, report) : null;
    }

    /// <summary>A run with its report.</summary>
    public HistoryRun Get(string id) =>
        HistoryRun.Read(_place.Name, Rows("SELECT report FROM run WHERE id = @id", row => row.GetString(0), ("id", id)).Single());

    /// <summary>The course of each figure of a series.</summary>
    /// <param name="series">The series.</param>
    /// <param name="most">Points of a figure at most, the latest.</param>
    public IReadOnlyList<Trend> Trends(string series, int most) =>
    [
        .. Rows("SELECT DISTINCT name FROM metric WHERE series = @series ORDER BY name", row => row.GetString(0), ("series", series))
            .Select(name => new Trend(name, [.. Enumerable.Reverse(Points(series, name, most))])),
    ];

    /// <summary>All reports, the oldest first.</summary>
    public IEnumerable<string> Reports()
    {
        // In the order of an index, and never all of them in memory.
        (long Time, string Id) last = (long.MinValue, "");
        while (true)
        {
            List<(long Time, string Id, string Report)> page = Rows(
                "SELECT time, id, report FROM run WHERE time > @time OR (time = @time AND id > @id) ORDER BY time, id LIMIT 100",
                row => (row.GetInt64(0), row.GetString(1), row.GetString(2)), ("time", last.Time), ("id", last.Id));
            if (page.Count == 0) yield break;
            foreach ((_, _, string report) in page) yield return report;
            last = (page[^1].Time, page[^1].Id);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _connection.Dispose();

    private void Migrate()
    {
        using DbTransaction transaction = _place.BeginAlone(_connection);
        Command(HistorySchema.VersionTable).ExecuteNonQuery();
        long version = Convert.ToInt64(Command("SELECT COALESCE(MAX(version), 0) FROM gdn_schema").ExecuteScalar(), CultureInfo.InvariantCulture);
        if (version > HistorySchema.Steps.Length)
            throw new InputException(_place.Name, "a later version of the tool has made it", "use that version, or another history");
        if (version == HistorySchema.Steps.Length) return;
        for (; version < HistorySchema.Steps.Length; version++)
        {
            Command(HistorySchema.Steps[version]).ExecuteNonQuery();
            Command("INSERT INTO gdn_schema (version) VALUES (@version)", ("version", version + 1)).ExecuteNonQuery();
        }

        transaction.Commit();
    }

    private List<TrendPoint> Points(string series, string name, int most) => Rows(
        "SELECT run_id, metric.time, commit_id, value FROM metric JOIN run ON run.id = run_id "
        + "WHERE metric.series = @series AND name = @name ORDER BY metric.time DESC, run_id DESC LIMIT @most",
        row => new TrendPoint(row.GetString(0), TimeOf(row, 1), row.IsDBNull(2) ? null : row.GetString(2), row.GetDouble(3)),
        ("series", series), ("name", name), ("most", most));

    private List<HistoryEntry> Entries(string which, params (string Name, object? Value)[] values) => Rows(
        $"{Columns} {which}",
        row => new HistoryEntry(
            row.GetString(0), TimeOf(row, 1), row.GetString(2), Enum.Parse<Verdict>(row.GetString(3), ignoreCase: true), row.GetString(4),
            row.GetString(5), row.GetString(6), row.IsDBNull(7) ? null : row.GetString(7), row.GetString(8)), values);

    private List<T> Rows<T>(string sql, Func<DbDataReader, T> read, params (string Name, object? Value)[] values) => Explained(() =>
    {
        using DbCommand command = Command(sql, values);
        using DbDataReader reader = command.ExecuteReader();
        var rows = new List<T>();
        while (reader.Read()) rows.Add(read(reader));
        return rows;
    });

    private DbCommand Command(string sql, params (string Name, object? Value)[] values)
    {
        DbCommand command = _connection.CreateCommand();
        command.CommandText = sql;
        foreach ((string name, object? value) in values)
        {
            DbParameter parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = (name, value ?? DBNull.Value);
            command.Parameters.Add(parameter);
        }

        return command;
    }

    private static DateTimeOffset TimeOf(DbDataReader row, int column) => DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(column));

    private T Explained<T>(Func<T> work) => Explained(_place, work);

    private static T Explained<T>(HistoryPlace place, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (DbException e)
        {
            throw place.Explain(e);
        }
    }
}
