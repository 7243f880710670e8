using System.Diagnostics;
using System.Globalization;
using Spectre.Console;

namespace Gdn.Harness.Cli;

/// <summary>
/// Shows how far long work has come: a bar on a terminal, a line now and then elsewhere. On standard error, so that
/// standard output holds results only.
/// </summary>
internal static class LiveProgress
{
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(10);

    private static readonly IAnsiConsole Console = AnsiConsole.Create(
        new AnsiConsoleSettings { Out = new AnsiConsoleOutput(System.Console.Error) });

    /// <summary>
    /// Does the work, which calls its argument after each of <paramref name="total"/> parts; null where time decides how many
    /// there will be.
    /// </summary>
    public static T Run<T>(string title, int? total, Func<Action, T> work) =>
        Console.Profile.Capabilities.Interactive && !System.Console.IsErrorRedirected
            ? OnTerminal(title, total, work)
            : AsLines(title, total, work);

    private static T OnTerminal<T>(string title, int? total, Func<Action, T> work) => Console.Progress()
        .AutoClear(true)
        .Columns(
            new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn(),
            new RemainingTimeColumn())
        .Start(context =>
        {
            ProgressTask task = context.AddTask(Markup.Escape(title), maxValue: total ?? 1);
            if (total is null) task.IsIndeterminate();
            return work(() => task.Increment(total is null ? 0 : 1));
        });

    private static T AsLines<T>(string title, int? total, Func<Action, T> work)
    {
        int done = 0;
        var watch = Stopwatch.StartNew();
        TimeSpan next = LineInterval;
        object gate = new();
        return work(() =>
        {
            lock (gate)
            {
                done++;
                if (watch.Elapsed < next) return;
                next = watch.Elapsed + LineInterval;
                double seconds = watch.Elapsed.TotalSeconds;
                string line = string.Create(CultureInfo.InvariantCulture, $"{title}: {done} after {seconds:F0} s");
                if (total is { } parts)
                    line = string.Create(
                        CultureInfo.InvariantCulture,
                        $"{title}: {done} of {parts} after {seconds:F0} s, about {seconds / done * (parts - done):F0} s to go");
                Console.WriteLine(line);
            }
        });
    }
}
