using System.Reflection;
using Gdn.Harness.Schedules;
using Gdn.Reference;

namespace Gdn.Harness.Findings;

/// <summary>Schedules that have shown a bug before: the first to try on any engine.</summary>
public static class PastFailures
{
    private const string Prefix = "past-failures/", Json = ".json", Text = ".txt";

    private const int MaxBytes = 1 << 20;

    /// <summary>Those that ship with the tool: the smallest schedule for each fault that it can plant.</summary>
    public static IReadOnlyList<Schedule> Shipped()
    {
        Assembly assembly = typeof(PastFailures).Assembly;
        return [.. assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal)
            .Select(name => ScheduleFile.Parse(name, Content(assembly, name)).Schedule)];
    }

    /// <summary>
    /// Those in a folder: replay files (.json), as <c>--out</c> has filled it, and schedules as text (.txt); kernel cases and
    /// rounds of requests are left out.
    /// </summary>
    /// <exception cref="InputException">The folder or a file cannot be read, or holds no schedule; the message says where.</exception>
    public static IReadOnlyList<Schedule> In(string folder)
    {
        if (!Directory.Exists(folder))
            throw new InputException(folder, "it is not a folder", "name one that holds replay files or schedules");
        return [.. Directory.EnumerateFiles(folder)
            .Where(path => Path.GetExtension(path) is Json or Text).Order(StringComparer.Ordinal)
            .Select(path => Path.GetExtension(path) == Json ? ReplayFile.Read(path).Schedule : Read(path).Schedule)
            .OfType<Schedule>()];
    }

    /// <summary>Reads a schedule that is kept as text.</summary>
    /// <exception cref="InputException">It cannot be read, or is not valid; the message names the line.</exception>
    public static ScheduleFile Read(string path) => ScheduleFile.Parse(path, InputFile.ReadText(path, "a schedule", MaxBytes));

    private static string Content(Assembly assembly, string name)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}
