using System.Diagnostics;
using System.Globalization;
using Gdn.Harness.Campaigns;
using Gdn.Reference;
using Spectre.Console;

namespace Gdn.Harness.Cli;

/// <summary>
/// Shows how far long work has come: a bar on a terminal, a line now and then elsewhere. On standard error, so that
/// standard output holds results only.
/// </summary>
internal static class LiveProgress
{
    private static readonly IAnsiConsole Terminal = AnsiConsole.Create(
        new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });

    /// <summary>Does the work.</summary>
    public static Task<T> RunAsync<T>(Func<ICampaignProgress, Task<T>> work) =>
        Terminal.Profile.Capabilities.Interactive && !Console.IsErrorRedirected
            ? Terminal.Progress()
                .AutoClear(true)
                .Columns(
                    new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn(),
                    new RemainingTimeColumn())
                .StartAsync(context => work(new Bars(context)))
            : work(new Lines());

    private sealed class Bars(ProgressContext context) : ICampaignProgress
    {
        private ProgressTask? _task;

        public void Begin(string phase, int? total)
        {
            _task?.StopTask();
            _task = context.AddTask(Markup.Escape(OutsideText.OneLine(phase)), maxValue: total ?? 1);
            if (total is null) _task.IsIndeterminate();
        }

        public void Step() => _task?.Increment(_task.IsIndeterminate ? 0 : 1);
    }

    private sealed class Lines : ICampaignProgress
    {
        private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

        private readonly object _gate = new();
        private readonly Stopwatch _watch = new();
        private string _phase = "";
        private int? _total;
        private int _done;
        private TimeSpan _next;

        public void Begin(string phase, int? total)
        {
            lock (_gate)
            {
                (_phase, _total, _done, _next) = (OutsideText.OneLine(phase), total, 0, Interval);
                _watch.Restart();
            }
        }

        public void Step()
        {
            lock (_gate)
            {
                _done++;
                if (_watch.Elapsed < _next) return;
                _next = _watch.Elapsed + Interval;
                double seconds = _watch.Elapsed.TotalSeconds;
                Terminal.WriteLine(_total is { } total
                    ? string.Create(
                        CultureInfo.InvariantCulture,
                        $"{_phase}: {_done} of {total} after {seconds:F0} s, about {seconds / _done * (total - _done):F0} s to go")
                    : string.Create(CultureInfo.InvariantCulture, $"{_phase}: {_done} after {seconds:F0} s"));
            }
        }
    }
}
