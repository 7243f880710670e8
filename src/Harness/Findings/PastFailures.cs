using System.Reflection;
using Gdn.Harness.Schedules;
using Gdn.Reference;

namespace Gdn.Harness.Findings;

/// <summary>Schedules that have shown a bug before: the first to try on any engine.</summary>
public static class PastFailures
{
    private const string Prefix = "past-failures/";

    /// <summary>Those that ship with the tool: the smallest schedule for each fault that it can plant.</summary>
    public static IReadOnlyList<Schedule> Shipped()
    {
        Assembly assembly = typeof(PastFailures).Assembly;
        return [.. assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal)
            .Select(name => ReplayFile.Parse(name, Content(assembly, name)).Schedule!)];
    }

    /// <summary>Those of the replay files in a folder, as <c>--out</c> has filled it; kernel cases are left out.</summary>
    /// <exception cref="InputException">It cannot be read, or holds what is no replay file.</exception>
    public static IReadOnlyList<Schedule> In(string folder)
    {
        if (!Directory.Exists(folder))
            throw new InputException(folder, "it is no folder", "name one that holds replay files");
        return [.. Directory.EnumerateFiles(folder, "*.json").Order(StringComparer.Ordinal)
            .Select(ReplayFile.Read).Select(file => file.Schedule).OfType<Schedule>()];
    }

    private static byte[] Content(Assembly assembly, string name)
    {
        using Stream stream = assembly.GetManifestResourceStream(name)!;
        using var content = new MemoryStream();
        stream.CopyTo(content);
        return content.ToArray();
    }
}
