namespace Gdn.Harness.History;

/// <summary>The tables, in SQL that SQLite and PostgreSQL both take. Steps are added at the end, and never changed.</summary>
internal static class HistorySchema
{
    /// <summary>What holds the number of steps taken.</summary>
    public const string VersionTable = "CREATE TABLE IF NOT EXISTS gdn_schema (version INTEGER NOT NULL)";

    /// <summary>The steps from an empty database to the present one.</summary>
    public static readonly string[] Steps =
    [
        """
        CREATE TABLE run (
            id TEXT PRIMARY KEY,
            time BIGINT NOT NULL,
            series TEXT NOT NULL,
            command TEXT NOT NULL,
            verdict TEXT NOT NULL,
            subject TEXT NOT NULL,
            machine TEXT NOT NULL,
            commit_id TEXT,
            tool TEXT NOT NULL,
            report TEXT NOT NULL
        );
        CREATE INDEX run_by_time ON run (time, id);
        CREATE INDEX run_by_series ON run (series, time);
        CREATE TABLE metric (
            series TEXT NOT NULL,
            name TEXT NOT NULL,
            time BIGINT NOT NULL,
            run_id TEXT NOT NULL REFERENCES run (id),
            value DOUBLE PRECISION NOT NULL,
            PRIMARY KEY (series, name, time, run_id)
        )
        """,
    ];
}
