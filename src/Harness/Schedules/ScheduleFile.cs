using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Gdn.Reference;
using Gdn.Reference.Batches;

namespace Gdn.Harness.Schedules;

/// <summary>
/// A schedule as a text file: why it is kept, after <c>#</c>; <c>np</c> and the planes; then a step per line, in the words of
/// <see cref="ScheduleText"/>. Reading what was written gives the same schedule.
/// </summary>
/// <param name="Reason">What the schedule shows; may be empty.</param>
/// <param name="Schedule">The schedule.</param>
public sealed partial record ScheduleFile(string Reason, Schedule Schedule)
{
    private const int MaxSlots = 64, MaxPlanes = 64;

    /// <summary>Reads a file's text.</summary>
    /// <param name="name">The file's name, for errors.</param>
    /// <param name="text">Its text.</param>
    /// <exception cref="InputException">It is not valid; the message names the line, and what to do.</exception>
    public static ScheduleFile Parse(string name, string text)
    {
        var reason = new List<string>();
        var steps = new List<ScheduleStep>();
        (int Slots, int Planes)? head = null;
        ScheduleTracker? tracker = null;
        string[] lines = text.ReplaceLineEndings("\n").Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            string line = lines[i].Trim(), where = string.Create(CultureInfo.InvariantCulture, $"{name}: line {i + 1}");
            if (line.StartsWith('#'))
            {
                if (head is null) reason.Add(line[1..].Trim());
            }
            else if (line.Length > 0 && tracker is null)
            {
                head = ParseHead(where, line);
                tracker = new ScheduleTracker(AnyModel(head.Value.Slots), head.Value.Planes);
            }
            else if (line.Length > 0)
            {
                ScheduleStep step = ScheduleText.ParseStep(where, line);
                Apply(tracker!, step, where);
                steps.Add(step);
            }
        }

        return head is not { } found
            ? throw new InputException(name, "it contains no schedule", "begin with a line such as 'np 3, planes 1'")
            : new ScheduleFile(string.Join(' ', reason), new Schedule(found.Slots, found.Planes, steps));
    }

    /// <summary>The file's text.</summary>
    public string Write()
    {
        var text = new StringBuilder();
        if (Reason.Length > 0) text.Append("# ").Append(Reason).Append('\n');
        text.Append(CultureInfo.InvariantCulture, $"np {Schedule.Slots}, planes {Schedule.Planes}\n");
        foreach (ScheduleStep step in Schedule.Steps) text.Append(step.Describe()).Append('\n');
        return text.ToString();
    }

    private static (int Slots, int Planes) ParseHead(string where, string line)
    {
        Match head = Head().Match(line);
        if (!head.Success)
            throw new InputException(where, $"'{line}' is not the head of a schedule", "write, for example, 'np 3, planes 1'");
        return (InRange("slots", MaxSlots), InRange("planes", MaxPlanes));

        int InRange(string group, int most) =>
            int.TryParse(head.Groups[group].Value, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            && number >= 1 && number <= most
                ? number
                : throw new InputException(where, $"{head.Groups[group].Value} is out of range", $"use 1 to {most}");
    }

    private static void Apply(ScheduleTracker tracker, ScheduleStep step, string where)
    {
        try
        {
            tracker.Apply(step);
        }
        catch (InputException e)
        {
            throw new InputException($"{where}: {e.Where}", e.Problem, e.Remedy, e);
        }
    }

    // Tokens wrap round the vocabulary of whatever model it is played on.
    private static BatchLimits AnyModel(int slots) => new(int.MaxValue, slots, int.MaxValue, int.MaxValue);

    [GeneratedRegex(@"^np\s+(?<slots>[0-9]+)\s*,\s*planes\s+(?<planes>[0-9]+)$")]
    private static partial Regex Head();
}
