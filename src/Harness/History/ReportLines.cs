using Gdn.Reference;

namespace Gdn.Harness.History;

/// <summary>Reads what <c>history export</c> and <c>--json</c> write: one report a line, or one in many lines.</summary>
internal static class ReportLines
{
    /// <summary>The runs of a file.</summary>
    /// <exception cref="InputException">It cannot be read, or a line is no report; the message names the line.</exception>
    public static IEnumerable<HistoryRun> Read(string path)
    {
        using StreamReader reader = Open(path);
        int number = 0;
        while (reader.ReadLine() is { } line)
        {
            number++;
            if (line.Trim() == "{")
            {
                yield return HistoryRun.Read(path, $"{line}\n{reader.ReadToEnd()}");
                yield break;
            }

            if (line.Length > 0) yield return HistoryRun.Read(FormattableString.Invariant($"{path}:{number}"), line);
        }
    }

    private static StreamReader Open(string path)
    {
        try
        {
            return new StreamReader(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"'{path}'", $"it cannot be read ({OutsideText.OneLine(e.Message)})", "name a file of reports", e);
        }
    }
}
