using Gdn.Harness.Campaigns;
using Gdn.Reference;
using Spectre.Console;
using Spectre.Console.Rendering;

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
    /// <param name="part">Which part of the whole it is, in words; null where it is all.</param>
    /// <param name="work">The work.</param>
    public static Task<T> RunAsync<T>(string? part, Func<ICampaignProgress, Task<T>> work)
    {
        var state = new ProgressState(part);
        return Terminal.Profile.Capabilities.Interactive && !Console.IsErrorRedirected
            ? OnBarAsync(Terminal, state, work)
            : work(new Lines(state));
    }

    /// <summary>Does the work under a bar.</summary>
    /// <param name="terminal">Where the bar is drawn.</param>
    /// <param name="state">What stands beside it.</param>
    /// <param name="work">The work.</param>
    internal static Task<T> OnBarAsync<T>(IAnsiConsole terminal, ProgressState state, Func<ICampaignProgress, Task<T>> work) =>
        terminal.Progress()
            .AutoClear(true)
            .Columns(new ProgressBarColumn { Width = 16 }, new StateColumn(state))
            .StartAsync(context => work(new Bar(context, terminal, state)));

    private sealed class StateColumn(ProgressState state) : ProgressColumn
    {
        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) =>
            new Text(state.ToString()) { Overflow = Overflow.Ellipsis };
    }

    private sealed class Bar(ProgressContext context, IAnsiConsole terminal, ProgressState state) : ICampaignProgress
    {
        private readonly ProgressTask _task = context.AddTask("work");

        public void Begin(string phase, int? total)
        {
            state.Begin(OutsideText.OneLine(phase), total);
            _task.IsIndeterminate = total is null;
            Show();
        }

        public void Step()
        {
            state.Step();
            Show();
        }

        public void Found() => state.Found();

        public void Expect(int steps, TimeSpan left)
        {
            state.Expect(steps, left);
            Show();
        }

        public void Say(string line) => terminal.WriteLine(OutsideText.OneLine(line));

        private void Show() => _task.Value = 100 * state.Share;
    }

    private sealed class Lines(ProgressState state) : ICampaignProgress
    {
        private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

        private readonly Lock _gate = new();
        private TimeSpan _next;

        public void Begin(string phase, int? total)
        {
            lock (_gate) _next = Interval;
            state.Begin(OutsideText.OneLine(phase), total);
        }

        public void Step()
        {
            state.Step();
            lock (_gate)
            {
                if (state.Elapsed < _next) return;
                _next = state.Elapsed + Interval;
            }

            Terminal.WriteLine(state.ToString());
        }

        public void Found() => state.Found();

        public void Expect(int steps, TimeSpan left) => state.Expect(steps, left);

        public void Say(string line) => Terminal.WriteLine(OutsideText.OneLine(line));
    }
}
