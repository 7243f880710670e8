using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gdn.Reference;

namespace Gdn.Harness.Findings;

/// <summary>A finding that is expected.</summary>
/// <param name="Fingerprint">Its <see cref="Finding.Fingerprint"/>.</param>
/// <param name="Reason">Why it is let pass, for readers of reports.</param>
public sealed record KnownFinding(string Fingerprint, string Reason);

/// <summary>Findings that are expected, each with a reason: they are reported, but do not fail a run.</summary>
/// <param name="Entries">No two have the same fingerprint.</param>
public sealed record KnownFindings(IReadOnlyList<KnownFinding> Entries)
{
    private const int MaxBytes = 1 << 20, MaxReportBytes = 1 << 28;

    private const string Example = """{"known": [{"fingerprint": "recomputation/ahead-state/copy+rollback", "reason": "..."}]}""";

    private sealed record Content(IReadOnlyList<KnownFinding> Known);

    /// <summary>None.</summary>
    public static KnownFindings None { get; } = new([]);

    /// <summary>Why a finding is let pass; null where it is not expected.</summary>
    public string? ReasonFor(Finding finding) =>
        Entries.FirstOrDefault(entry => entry.Fingerprint == finding.Fingerprint)?.Reason;

    /// <summary>These, and of the others those that are not among them.</summary>
    public KnownFindings With(KnownFindings others) =>
        new([.. Entries, .. others.Entries.Where(other => Entries.All(entry => entry.Fingerprint != other.Fingerprint))]);

    /// <summary>The findings of an earlier run, from the report that it wrote as JSON.</summary>
    /// <exception cref="InputException">It cannot be read, or is no report.</exception>
    public static KnownFindings OfReport(string path)
    {
        const string remedy = "give a report that --json or --update-baseline has written";
        byte[] json = InputFile.ReadBytes(path, "a report", MaxReportBytes);
        JsonObject report = StrictJson.Read<JsonObject>(path, json, StrictJson.Options, "a report", remedy);
        if (report["findings"] is not JsonArray findings) throw new InputException($"{path}: findings", "it is missing", remedy);
        return new KnownFindings(
        [
            .. findings.OfType<JsonObject>().Select(finding => finding["fingerprint"]).OfType<JsonValue>()
                .Where(value => value.GetValueKind() == JsonValueKind.String).Select(value => value.GetValue<string>()).Distinct()
                .Select(fingerprint => new KnownFinding(fingerprint, $"in the baseline {Path.GetFileName(path)}")),
        ]);
    }

    /// <summary>Reads a file: JSON, with comments.</summary>
    /// <exception cref="InputException">It cannot be read, or a field is missing or unknown; the message names the entry.</exception>
    public static KnownFindings Read(string path) =>
        Parse(path, InputFile.ReadText(path, "a file of known findings", MaxBytes));

    /// <summary>Reads the text of such a file.</summary>
    /// <param name="name">Its name, for errors.</param>
    /// <param name="json">The text.</param>
    /// <exception cref="InputException">A field is missing or unknown; the message names the entry.</exception>
    public static KnownFindings Parse(string name, string json)
    {
        const string remedy = $"write for example {Example}";
        IReadOnlyList<KnownFinding> known = StrictJson.Read<Content>(
            name, Encoding.UTF8.GetBytes(json), StrictJson.Options, "a list of known findings", remedy).Known;
        for (int i = 0; i < known.Count; i++)
        {
            void Require(string field, string value)
            {
                if (string.IsNullOrWhiteSpace(value)) throw new InputException($"{name}: known[{i}].{field}", "it is empty", remedy);
            }

            Require("fingerprint", known[i].Fingerprint);
            Require("reason", known[i].Reason);
            if (known.Take(i).Any(other => other.Fingerprint == known[i].Fingerprint))
                throw new InputException(
                    $"{name}: known[{i}].fingerprint", $"'{known[i].Fingerprint}' stands there twice", "leave one of them out");
        }

        return new KnownFindings(known);
    }
}
