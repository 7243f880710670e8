using System.Collections;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Gdn.Reference.Gguf;

/// <summary>
/// Files that <c>gguf-split</c> made of one model. They lie side by side and are numbered in their names and in their
/// metadata; the first holds the model's metadata, and tensors or none.
/// </summary>
internal static partial class GgufParts
{
    private const string NumberKey = "split.no", CountKey = "split.count", TensorsKey = "split.tensors.count";
    private const string Remedy = "give the parts of one model, as gguf-split wrote them";

    // Missing parts that an error names.
    private const int MaxNamed = 3;

    /// <summary>A whole file as it is; of a part, one file of it and of the others beside it.</summary>
    /// <param name="given">Any part; it belongs to the result.</param>
    /// <param name="open">Opens another by its path.</param>
    /// <exception cref="InputException">A part is missing, or they do not belong together.</exception>
    public static GgufFile Complete(GgufFile given, Func<string, GgufFile> open)
    {
        var parts = new List<GgufFile>();
        try
        {
            int number = NumberOf(given);
            if (CountOf(given) <= 1) return given;
            string[] paths = PathsBeside(given, number);
            for (int i = 0; i < paths.Length; i++) parts.Add(i == number ? given : open(paths[i]));
            RequireTogether(parts);
            return GgufFile.Join(parts, MetadataOf(parts));
        }
        catch
        {
            foreach (GgufFile part in parts.Append(given).Distinct()) part.Dispose();
            throw;
        }
    }

    // A file that was split and merged again says 0.
    private static int CountOf(GgufFile file) => file.Metadata.GetInt(CountKey, 0);

    private static int NumberOf(GgufFile file)
    {
        int count = CountOf(file), number = count > 1 ? file.Metadata.GetInt(NumberKey) : file.Metadata.GetInt(NumberKey, 0);
        return number >= 0 && number < Math.Max(1, count)
            ? number
            : throw new InputException($"{file.Name}: key '{NumberKey}'", $"there is no part {number} of {count}", Remedy);
    }

    private static string[] PathsBeside(GgufFile file, int number)
    {
        int count = CountOf(file);
        Match name = PartName().Match(Path.GetFileName(file.Name));
        string NameOf(int part) => string.Create(
            CultureInfo.InvariantCulture, $"{name.Groups["model"].Value}-{part + 1:D5}-of-{count:D5}.gguf");
        if (!name.Success || NameOf(number) != Path.GetFileName(file.Name))
            throw new InputException(
                file.Name, $"it is part {number + 1} of {count}, but its name does not say so",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"give the parts their names back: NAME-{number + 1:D5}-of-{count:D5}.gguf for this"));

        string folder = Path.GetDirectoryName(file.Name) ?? "";
        string[] paths = [.. Enumerable.Range(0, count).Select(part => Path.Combine(folder, NameOf(part)))];
        string[] missing = [.. paths.Where(path => !File.Exists(path)).Select(path => Path.GetFileName(path))];
        return missing.Length == 0
            ? paths
            : throw new InputException(
                file.Name,
                $"it is part {number + 1} of {count}, and beside it there is no {string.Join(", ", missing.Take(MaxNamed))}"
                + (missing.Length > MaxNamed ? $" and {missing.Length - MaxNamed} more" : ""),
                "put all parts into one folder");
    }

    private static void RequireTogether(List<GgufFile> parts)
    {
        for (int i = 0; i < parts.Count; i++)
        {
            if (CountOf(parts[i]) != parts.Count || NumberOf(parts[i]) != i)
                throw new InputException(
                    parts[i].Name, $"its metadata does not say that it is part {i + 1} of {parts.Count}", Remedy);
        }

        var names = new Dictionary<string, GgufFile>();
        foreach (GgufFile part in parts)
            foreach (string tensor in part.Tensors.Keys)
                if (!names.TryAdd(tensor, part))
                    throw new InputException(
                        $"{part.Name}: tensor {GgufCursor.Quote(tensor)}",
                        $"it is in {Path.GetFileName(names[tensor].Name)} too", Remedy);

        foreach (GgufFile part in parts)
            if (part.Metadata.GetInt(TensorsKey, names.Count) is int declared && declared != names.Count)
                throw new InputException(
                    $"{part.Name}: key '{TensorsKey}'", $"the parts have {names.Count} tensors, not {declared}", Remedy);
    }

    // All that the parts say, without what only says how they were split.
    private static GgufMetadata MetadataOf(List<GgufFile> parts)
    {
        var values = new OrderedDictionary<string, GgufValue>();
        foreach (GgufFile part in parts)
        {
            foreach ((string key, GgufValue value) in part.Metadata)
            {
                if (key is NumberKey or CountKey or TensorsKey || values.TryAdd(key, value)) continue;
                // How a part lies in its file is its own matter.
                if (key != GgufHeader.AlignmentKey && !Same(values[key], value))
                    throw new InputException(
                        $"{part.Name}: key {GgufCursor.Quote(key)}",
                        $"it has another value than in {Path.GetFileName(parts[0].Name)}", Remedy);
            }
        }

        return new GgufMetadata(parts[0].Name, values);
    }

    private static bool Same(GgufValue a, GgufValue b) =>
        a.Type == b.Type && StructuralComparisons.StructuralEqualityComparer.Equals(a.Value, b.Value);

    [GeneratedRegex(@"^(?<model>.*)-[0-9]{5}-of-[0-9]{5}\.gguf$", RegexOptions.ExplicitCapture)]
    private static partial Regex PartName();
}
