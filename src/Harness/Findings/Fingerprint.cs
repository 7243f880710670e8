using System.Text;
using Gdn.Harness.Checks.Attribution;
using Gdn.Harness.Schedules;

namespace Gdn.Harness.Findings;

/// <summary>
/// What a finding is apart from the case that shows it: a line such as <c>recomputation/ahead-state/copy+rollback</c>. It holds
/// neither seed nor np nor values, so that two runs that meet the same bug give the same line.
/// </summary>
internal static class Fingerprint
{
    /// <summary>What stands for the cause of a failure that does not show in every run.</summary>
    public const string Flaky = "flaky";

    private const string OnlyBatches = "decode";

    /// <summary>Of a schedule: the check, the cause or else the symptom, and the kinds of steps.</summary>
    public static string Of(Finding finding, Schedule schedule)
    {
        string cause = finding.FailedRuns is not null ? Flaky : CauseOf(finding.CauseKind, finding.Symptom);
        return $"{finding.Check}/{Slug(cause)}/{Operations(schedule)}";
    }

    /// <summary>The same of a failure that shows in every run, before there is a finding of it.</summary>
    public static string Of(string check, StateCause? cause, string symptom, Schedule schedule) =>
        $"{check}/{Slug(CauseOf(cause, symptom))}/{Operations(schedule)}";

    /// <summary>Whether a fingerprint is of a schedule with these kinds of steps.</summary>
    public static bool IsOf(string fingerprint, Schedule schedule) =>
        fingerprint.EndsWith('/' + Operations(schedule), StringComparison.Ordinal);

    /// <summary>Of parts that are given in words.</summary>
    public static string Of(params IEnumerable<string> parts) => string.Join('/', parts.Select(Slug));

    /// <summary>
    /// The result before "[seq 0, t 3, ...]", for <see cref="Of(IEnumerable{string})"/>; nothing where no element is named.
    /// </summary>
    public static string[] PartOf(string where) => where.IndexOf('[') is > 0 and int end ? [where[..end]] : [];

    private static string CauseOf(StateCause? kind, string? symptom) =>
        kind is { } known and not StateCause.None ? $"{known}" : symptom ?? "";

    /// <summary>Whether what fails a check on a schedule may turn out to have a fingerprint: whether the steps that it names are there.</summary>
    public static bool MayBe(string fingerprint, string check, Schedule schedule)
    {
        string operations = fingerprint[(fingerprint.LastIndexOf('/') + 1)..];
        return fingerprint.StartsWith(check + '/', StringComparison.Ordinal)
            && (operations == OnlyBatches || operations.Split('+').All(Kinds(schedule).Contains));
    }

    // Batches are part of every schedule; they are named where there is nothing else.
    private static string Operations(Schedule schedule) =>
        Kinds(schedule) is { Length: > 0 } kinds ? string.Join('+', kinds) : OnlyBatches;

    private static string[] Kinds(Schedule schedule) =>
    [
        .. schedule.Steps.Where(step => step is not DecodeStep).Select(step => step.GetType().Name[..^"Step".Length])
            .Distinct().Order(StringComparer.Ordinal).Select(Slug),
    ];

    // "OtherSequence", "wrong logits" and "KeyNotFoundException in Copy" as words between hyphens.
    private static string Slug(string words)
    {
        var slug = new StringBuilder();
        foreach (char c in words)
        {
            bool isWord = char.IsAsciiLetterOrDigit(c), isNew = char.IsAsciiLetterUpper(c) && slug.Length > 0;
            if ((!isWord || isNew) && slug.Length > 0 && slug[^1] != '-') slug.Append('-');
            if (isWord) slug.Append(char.ToLowerInvariant(c));
        }

        return slug.ToString().TrimEnd('-');
    }
}
