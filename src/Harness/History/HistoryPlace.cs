using System.Data.Common;
using Gdn.Reference;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Gdn.Harness.History;

/// <summary>Where a history is: a SQLite file, or a PostgreSQL database.</summary>
public abstract record HistoryPlace
{
    private const string FileRemedy = "name a file that 'gdn-harness --history' has made, or one that does not exist yet";

    /// <summary>What of it may be shown: never a password.</summary>
    public abstract string Name { get; }

    /// <summary>A place as it is named on the command line.</summary>
    /// <param name="text">A file, or <c>postgres://USER:PASSWORD@HOST/DATABASE</c>.</param>
    /// <exception cref="InputException">It is a URL of something else, or not a URL.</exception>
    public static HistoryPlace Parse(string text)
    {
        if (!text.Contains("://", StringComparison.Ordinal)) return new SqliteFile(text);
        if (!Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) || uri.Scheme is not ("postgres" or "postgresql"))
            throw new InputException("--history", "it is no file and no address of PostgreSQL", "write FILE or postgres://USER:PASSWORD@HOST/DATABASE");
        return new PostgresDatabase(uri);
    }

    /// <summary>Opens a connection, ready to write: what it commits survives the end of the process and of the machine.</summary>
    internal abstract DbConnection Open();

    /// <summary>Begins a change of the tables, alone.</summary>
    internal abstract DbTransaction BeginAlone(DbConnection connection);

    /// <summary>What a failure of the database means for the user.</summary>
    internal abstract Exception Explain(DbException failure);

    private sealed record SqliteFile(string Path) : HistoryPlace
    {
        // Another process writes for milliseconds; a disk may be slow.
        private const int PatienceSeconds = 60;
        private const int NotADatabase = 26, Corrupt = 11;

        public override string Name => Path;

        internal override DbConnection Open()
        {
            string address = new SqliteConnectionStringBuilder { DataSource = Path, DefaultTimeout = PatienceSeconds, Pooling = false }.ToString();
            var connection = new SqliteConnection(address);
            try
            {
                connection.Open();
                using SqliteCommand command = connection.CreateCommand();
                // Readers do not wait for a writer, and every commit is on the disk.
                command.CommandText = $"PRAGMA busy_timeout = {1000 * PatienceSeconds}; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON";
                command.ExecuteNonQuery();
                return connection;
            }
            catch
            {
                connection.Dispose();
                throw;
            }
        }

        // Not deferred: two that have read would both want to write, and one would fail.
        internal override DbTransaction BeginAlone(DbConnection connection) => ((SqliteConnection)connection).BeginTransaction(deferred: false);

        internal override Exception Explain(DbException failure) => (failure as SqliteException)?.SqliteErrorCode is NotADatabase or Corrupt
            ? new InputException(Name, $"it is no history ({OutsideText.OneLine(failure.Message)})", FileRemedy, failure)
            : new EnvironmentException(Name, $"the history cannot be used ({OutsideText.OneLine(failure.Message)})", "mend that, or name another file", failure);
    }

    private sealed record PostgresDatabase(Uri Address) : HistoryPlace
    {
        // Any number; the same for all versions of the tool.
        private const long Lock = 0x67646e2d68;

        public override string Name => $"postgres://{Address.Authority.Split('@')[^1]}{Address.AbsolutePath}";

        internal override DbConnection Open()
        {
            string[] user = Address.UserInfo.Split(':', 2);
            var address = new NpgsqlConnectionStringBuilder
            {
                Host = Address.Host,
                Port = Address.Port > 0 ? Address.Port : 5432,
                Database = Uri.UnescapeDataString(Address.AbsolutePath.TrimStart('/')),
                Username = user[0].Length > 0 ? Uri.UnescapeDataString(user[0]) : null,
                Password = user.Length > 1 ? Uri.UnescapeDataString(user[1]) : null,
                Pooling = false,
            };
            foreach (string option in Address.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
                SetOption(address, option);
            var connection = new NpgsqlConnection(address.ConnectionString);
            try
            {
                connection.Open();
                return connection;
            }
            catch
            {
                connection.Dispose();
                throw;
            }
        }

        internal override DbTransaction BeginAlone(DbConnection connection)
        {
            DbTransaction transaction = connection.BeginTransaction();
            using DbCommand command = connection.CreateCommand();
            command.Transaction = transaction;
            command.CommandText = $"SELECT pg_advisory_xact_lock({Lock})";
            command.ExecuteNonQuery();
            return transaction;
        }

        internal override Exception Explain(DbException failure) => new EnvironmentException(
            Name, $"the history cannot be used ({OutsideText.OneLine(failure.Message)})", "see to the database, its user and its password", failure);

        private static void SetOption(NpgsqlConnectionStringBuilder address, string option)
        {
            string[] pair = option.Split('=', 2);
            try
            {
                address[Uri.UnescapeDataString(pair[0])] = Uri.UnescapeDataString(pair.Length > 1 ? pair[1] : "");
            }
            catch (Exception e) when (e is ArgumentException or FormatException)
            {
                throw new InputException("--history", $"'{pair[0]}' is not an option of Npgsql, or not with this value", "leave it out", e);
            }
        }
    }
}
