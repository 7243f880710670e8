using System.Globalization;

namespace Gdn.Harness.Engines.Isolation;

/// <summary>A row of Linux's process table.</summary>
/// <param name="Id">The process.</param>
/// <param name="Parent">Its parent now.</param>
/// <param name="Session">The process that started its session.</param>
/// <param name="HasEnded">Whether it has ended, and waits for its parent to ask how.</param>
/// <param name="Processor">Processor time that it has used.</param>
internal readonly record struct ProcessEntry(int Id, int Parent, int Session, bool HasEnded, TimeSpan Processor)
{
    // Of /proc/PID/stat, counted behind the name, which may hold spaces and brackets.
    private const int State = 0, ParentId = 1, SessionId = 3, UserTicks = 11, SystemTicks = 12;
    private const double TicksPerSecond = 100;

    /// <summary>All processes.</summary>
    public static IReadOnlyList<ProcessEntry> All() =>
        [.. Directory.EnumerateDirectories("/proc").Select(Path.GetFileName).Select(IdOf).Where(id => id > 0).Select(Of).OfType<ProcessEntry>()];

    /// <summary>One process; null when it is gone.</summary>
    public static ProcessEntry? Of(int id)
    {
        try
        {
            string text = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{id}/stat"));
            string[] fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            return new ProcessEntry(
                id, int.Parse(fields[ParentId], CultureInfo.InvariantCulture), int.Parse(fields[SessionId], CultureInfo.InvariantCulture),
                fields[State] is "Z" or "X", TimeSpan.FromSeconds((Ticks(UserTicks) + Ticks(SystemTicks)) / TicksPerSecond));

            double Ticks(int field) => double.Parse(fields[field], CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Those below a process: its children, and theirs.</summary>
    public static IEnumerable<ProcessEntry> Below(int ancestor, IReadOnlyList<ProcessEntry> all)
    {
        ILookup<int, ProcessEntry> children = all.ToLookup(entry => entry.Parent);
        var left = new Stack<ProcessEntry>(children[ancestor]);
        while (left.TryPop(out ProcessEntry next))
        {
            yield return next;
            foreach (ProcessEntry child in children[next.Id]) left.Push(child);
        }
    }

    private static int IdOf(string? folder) =>
        int.TryParse(folder, NumberStyles.None, CultureInfo.InvariantCulture, out int id) ? id : 0;
}
