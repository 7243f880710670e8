using Gdn.Harness.History;
using Npgsql;
using Xunit;

namespace Gdn.Properties.Harness.History;

/// <summary>An empty history of each kind, gone when the test is over.</summary>
internal sealed class HistoryPlaces : IDisposable
{
    /// <summary>Address of a PostgreSQL server with a database that tests may change.</summary>
    public const string Variable = "GDN_TEST_POSTGRES";

    private readonly string _folder = Directory.CreateTempSubdirectory("gdn-history-").FullName;
    private string? _schema;

    /// <summary>The kinds.</summary>
    public static TheoryData<string> Kinds => ["sqlite", "postgres"];

    /// <summary>A place of this kind, as it is named on the command line. Without a server, the test is skipped, and says so.</summary>
    public string Named(string kind)
    {
        if (kind == "sqlite") return Path.Combine(_folder, "history.db");
        string? server = Environment.GetEnvironmentVariable(Variable);
        Assert.SkipWhen(string.IsNullOrEmpty(server), $"no PostgreSQL server is named in {Variable}");
        _schema = "t" + Guid.NewGuid().ToString("n");
        Execute($"CREATE SCHEMA {_schema}");
        return $"{server}?Search Path={_schema}";
    }

    /// <summary>The same, parsed.</summary>
    public HistoryPlace Of(string kind) => HistoryPlace.Parse(Named(kind));

    public void Dispose()
    {
        if (_schema is not null) Execute($"DROP SCHEMA {_schema} CASCADE");
        Directory.Delete(_folder, recursive: true);
    }

    private static void Execute(string sql)
    {
        using System.Data.Common.DbConnection connection = HistoryPlace.Parse(Environment.GetEnvironmentVariable(Variable)!).Open();
        using var command = new NpgsqlCommand(sql, (NpgsqlConnection)connection);
        command.ExecuteNonQuery();
    }
}
