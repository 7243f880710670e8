using Gdn.Harness.Findings;
using Gdn.Harness.Schedules;
using Gdn.Reference.Batches;
using static System.FormattableString;

namespace Gdn.Harness.Reports.Writers.Html;

/// <summary>
/// A schedule as swim lanes: a lane for each slot, a column for each step, and the first wrong row marked. Which slot a sequence has
/// is worked out as engines usually do it: the lowest free one.
/// </summary>
internal sealed class ScheduleLanes : IStepVisitor
{
    // As many as are readable; the wrong step is always among them.
    private const int MostSteps = 60, TokensShown = 4, Colours = 8;

    private sealed record Chip(int Sequence, string Text, string Title, bool IsWrong);

    private readonly SlotMap _slots;
    private readonly Finding _finding;
    private readonly List<Dictionary<int, Chip>> _columns = [];

    private ScheduleLanes(Schedule schedule, Finding finding) => (_slots, _finding) = (new SlotMap(schedule.Slots), finding);

    private int Step => _columns.Count - 1;

    /// <summary>Writes the lanes of a schedule that shows a finding.</summary>
    public static void Write(HtmlText html, Schedule schedule, Finding finding)
    {
        var lanes = new ScheduleLanes(schedule, finding);
        foreach (ScheduleStep step in schedule.Steps)
        {
            lanes._columns.Add([]);
            step.Accept(lanes);
        }

        lanes.Write(html);
    }

    /// <inheritdoc/>
    public void Visit(DecodeStep step)
    {
        foreach (SequenceRun run in step.Runs) Add(run.Sequence, TextOf(run), run.Describe());
    }

    /// <inheritdoc/>
    public void Visit(RefusedStep step)
    {
        foreach (SequenceRun run in step.Runs.Where(run => _slots.Find(run.Sequence) >= 0))
            Add(run.Sequence, "to be refused", $"refuse {run.Describe()}");
    }

    /// <inheritdoc/>
    public void Visit(ClearStep step)
    {
        Add(step.Sequence, "clear", step.Describe());
        _slots.Remove(step.Sequence);
    }

    /// <inheritdoc/>
    public void Visit(CopyStep step) => Add(step.Target, Invariant($"copy of seq {step.Source}"), step.Describe());

    /// <inheritdoc/>
    public void Visit(SnapshotStep step) => Add(step.Sequence, "snapshot", step.Describe());

    /// <inheritdoc/>
    public void Visit(RestoreStep step) => Add(step.Sequence, "restore", step.Describe());

    /// <inheritdoc/>
    public void Visit(RollbackStep step) => Add(step.Sequence, "rollback", step.Describe());

    private static string TextOf(SequenceRun run)
    {
        string tokens = string.Join(' ', run.Tokens.Take(TokensShown).Select(token => Cell.TextOf(token)));
        return (run.Restart ? "from 0: " : "") + tokens
            + (run.Tokens.Count > TokensShown ? Invariant($" ... ({run.Tokens.Count})") : "");
    }

    private void Add(int sequence, string text, string title)
    {
        // A schedule that no engine could play still has a picture.
        if (_slots.Find(sequence) < 0 && _slots.FreeCount == 0) return;
        bool isWrong = _finding.Step == Step && _finding.Sequence == sequence;
        _columns[^1][_slots.FindOrAdd(sequence)] = new Chip(sequence, text, title, isWrong);
    }

    private void Write(HtmlText html)
    {
        int first = Math.Max(0, Math.Min((_finding.Step ?? 0) - MostSteps / 2, _columns.Count - MostSteps));
        int end = Math.Min(_columns.Count, first + MostSteps);
        html.Raw("<div class=\"wide\"><table class=\"lanes\">\n<thead><tr><th>step</th>");
        for (int step = first; step < end; step++) html.Add($"<th>{step}</th>");
        html.Raw("</tr></thead>\n<tbody>\n");
        for (int slot = 0; slot < _slots.Count; slot++)
        {
            html.Add($"<tr><th>slot {slot}</th>");
            for (int step = first; step < end; step++) WriteChip(html, _columns[step].GetValueOrDefault(slot));
            html.Raw("</tr>\n");
        }

        html.Raw("</tbody></table></div>\n");
        if (end - first < _columns.Count) html.Add($"<p class=\"quiet\">steps {first} to {end - 1} of {_columns.Count}</p>\n");
    }

    private void WriteChip(HtmlText html, Chip? chip)
    {
        html.Raw("<td>");
        if (chip is not null)
        {
            html.Add($"<div class=\"chip hue-{chip.Sequence % Colours}{(chip.IsWrong ? " wrong" : "")}\" title=\"{chip.Title}\">")
                .Add($"<b>seq {chip.Sequence}</b> {chip.Text}");
            if (chip.IsWrong)
                html.Raw("<br><strong>✗ first wrong").Add($"{(_finding.Position is { } at ? Invariant($", position {at}") : "")}").Raw("</strong>");
            html.Raw("</div>");
        }

        html.Raw("</td>");
    }
}
