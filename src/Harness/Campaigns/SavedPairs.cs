
namespace Gdn.Harness.Campaigns;

/// <summary>Rows of two saved reports that belong together.</summary>
internal static class SavedPairs
{
    /// <summary>
    /// Rows of a table with the same key: of the same engine, or, where each report has one engine only, of both, since builds lie in
    /// different folders.
    /// </summary>
    /// <param name="first">A report.</param>
    /// <param name="second">Another.</param>
    /// <param name="table">The table.</param>
    /// <param name="key">What makes rows belong together.</param>
    public static IEnumerable<(SavedRow First, SavedRow Second)> Of(SavedReport first, SavedReport second, string table, Func<SavedRow, object> key)
    {
        SavedRow[] a = [.. first.Rows.Where(row => row.Table == table)], b = [.. second.Rows.Where(row => row.Table == table)];
        bool isNamed = Engines(a) > 1 || Engines(b) > 1;
        (string?, object) Key(SavedRow row) => (isNamed ? row.Text("engine") : null, key(row));
        return a.DistinctBy(Key).Join(b.DistinctBy(Key), Key, Key, (one, other) => (one, other));
    }

    private static int Engines(SavedRow[] rows) => rows.Select(row => row.Text("engine")).Distinct().Count();
}
