using System.Globalization;
using System.Text.RegularExpressions;
using Gdn.Reference;

namespace Gdn.Harness.Schedules;

/// <summary>Schedules as a maintainer reads them, one line per step, and back.</summary>
public static partial class ScheduleText
{
    private sealed record Form(string Example, Regex Pattern, Func<Fields, ScheduleStep> Read);

    private static readonly Form[] Forms =
    [
        new("decode seq 0: 12 34 | seq 1: 5", DecodePattern(), fields => new DecodeStep(
            fields.Runs("runs"), fields.Has("order") ? fields.Numbers("order", ',') : null, fields.Has("last"))),
        new("clear seq 0", ClearPattern(), fields => new ClearStep(fields.Number("seq"))),
        new("copy seq 0 to seq 1", CopyPattern(), fields => new CopyStep(fields.Number("seq"), fields.Number("to"))),
        new("snapshot seq 0 as #0", SnapshotPattern(), fields => new SnapshotStep(fields.Number("seq"), fields.Number("as"))),
        new("restore seq 0 from #0", RestorePattern(), fields => new RestoreStep(fields.Number("seq"), fields.Number("from"))),
        new("roll back 2 of seq 0", RollbackPattern(), fields => new RollbackStep(fields.Number("seq"), fields.Number("count"))),
        new("refuse seq 0: -1", RefusePattern(), fields => new RefusedStep(fields.Runs("runs"))),
    ];

    /// <summary>One line per step, numbered.</summary>
    public static IReadOnlyList<string> Describe(Schedule schedule) =>
        [.. schedule.Steps.Select((step, i) => string.Create(CultureInfo.InvariantCulture, $"{i}: {step.Describe()}"))];

    /// <summary>Reads a step as <see cref="ScheduleStep.Describe"/> writes it, with a number before it or without.</summary>
    /// <param name="where">What to call the line in errors.</param>
    /// <param name="line">The line; how many spaces stand between words does not matter.</param>
    /// <exception cref="InputException">It is not a step.</exception>
    public static ScheduleStep ParseStep(string where, string line)
    {
        string text = NumberBefore().Replace(Spaces().Replace(line.Trim(), " "), "");
        foreach (Form form in Forms)
            if (form.Pattern.Match(text) is { Success: true } match) return form.Read(new Fields(where, match));
        throw new InputException(
            where, $"'{text}' is not a step", "write one of " + string.Join(", ", Forms.Select(form => $"'{form.Example}'")));
    }

    private sealed record Fields(string Where, Match Match)
    {
        public bool Has(string group) => Match.Groups[group].Success;

        public int Number(string group) => Number(Where, Match.Groups[group].Value);

        public int[] Numbers(string group, char separator) =>
            [.. Match.Groups[group].Value.Split(separator).Select(number => Number(Where, number))];

        public SequenceRun[] Runs(string group) => [.. Match.Groups[group].Value.Split('|').Select(part => Run(part.Trim()))];

        private SequenceRun Run(string text)
        {
            Match run = RunPattern().Match(text);
            if (!run.Success)
                throw new InputException(
                    Where, $"'{text}' is not the run of a sequence",
                    "write 'seq 0: 12 34', with ' from 0' before the colon or ' (no logits)' at the end where that is meant");
            var fields = new Fields(Where, run);
            return new SequenceRun(
                fields.Number("seq"), fields.Numbers("tokens", ' '), fields.Has("restart"), fields.Has("silent"));
        }

        private static int Number(string where, string text) =>
            int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number)
                ? number
                : throw new InputException(where, $"{text} is out of range", $"use numbers up to {int.MaxValue}");
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();

    [GeneratedRegex(@"^[0-9]+: ")]
    private static partial Regex NumberBefore();

    [GeneratedRegex(@"^decode (?<runs>.+?)(?: interleaved (?<order>[0-9]+(?:,[0-9]+)*))?(?<last> \(last logits only\))?$")]
    private static partial Regex DecodePattern();

    [GeneratedRegex(@"^clear seq (?<seq>[0-9]+)$")]
    private static partial Regex ClearPattern();

    [GeneratedRegex(@"^copy seq (?<seq>[0-9]+) to seq (?<to>[0-9]+)$")]
    private static partial Regex CopyPattern();

    [GeneratedRegex(@"^snapshot seq (?<seq>[0-9]+) as #(?<as>[0-9]+)$")]
    private static partial Regex SnapshotPattern();

    [GeneratedRegex(@"^restore seq (?<seq>[0-9]+) from #(?<from>[0-9]+)$")]
    private static partial Regex RestorePattern();

    [GeneratedRegex(@"^roll back (?<count>[0-9]+) of seq (?<seq>[0-9]+)$")]
    private static partial Regex RollbackPattern();

    [GeneratedRegex(@"^refuse (?<runs>.+)$")]
    private static partial Regex RefusePattern();

    [GeneratedRegex(@"^seq (?<seq>[0-9]+)(?<restart> from 0)?: (?<tokens>-?[0-9]+(?: -?[0-9]+)*)(?<silent> \(no logits\))?$")]
    private static partial Regex RunPattern();
}
