using System.CommandLine;
using System.CommandLine.Parsing;
using Gdn.Harness.Reports.Writers;
using Gdn.Harness.Reports.Writers.Html;

namespace Gdn.Harness.Cli;

/// <summary>The forms in which a command's report can be had, so that every command has the same.</summary>
internal sealed class ReportOptions
{
    private readonly Option<string?> _json = File("--json", "Write the report as JSON to this file; - for standard output, and what people read goes to standard error.");

    private readonly Option<string?> _markdown =
        File("--markdown", "Write the report as Markdown to this file, never longer than a comment on GitHub may be.");

    private readonly Option<string?> _junit = File("--junit", "Write the report as JUnit XML to this file.");

    private readonly Option<string?> _html = File("--html", "Write the report as one HTML file that needs no network.");

    private readonly Option<bool> _github = new("--github")
    {
        Description = "In GitHub Actions: print annotations, and add the report to the summary of the step.",
    };

    private readonly Option<bool> _verbose = new("--verbose", "-v")
    {
        Description = "Write everything: clean rows one by one, and all that was covered.",
    };

    // What does not decide what is run.
    private static readonly string[] Beside =
        ["--out", "--known", "--baseline", "--update-baseline", "--seed", ShardName, "--engine-timeout", "--trust"];

    private const string StandardOutput = "-";

    private const string ShardName = "--shard";

    private readonly Option<string?> _history = HistoryOption.Create("Keep the report of the run");

    private Option[] All => [_json, _markdown, _junit, _html, _github, _history, _verbose];

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (Option option in All) command.Options.Add(option);
    }

    /// <summary>What is wanted.</summary>
    public ReportTargets Of(ParseResult parsed)
    {
        ReportTargets targets = TargetsOf(parsed);
        if (targets.Files.Any(file => file is { Path: null, Writer: not AnnotationWriter })) Output.ToError();
        return targets;
    }

    private ReportTargets TargetsOf(ParseResult parsed) => new(
    [
        .. Wanted(new JsonWriter(), parsed.GetValue(_json)),
        .. Wanted(new MarkdownWriter(), parsed.GetValue(_markdown)),
        .. Wanted(new JUnitWriter(), parsed.GetValue(_junit)),
        .. Wanted(new HtmlWriter(), parsed.GetValue(_html)),
        .. parsed.GetValue(_github) ? GitHub() : [],
    ])
    {
        ShowsAll = parsed.GetValue(_verbose),
        History = HistoryOption.Of(parsed, _history),
        Arguments =
        [
            .. parsed.CommandResult.Children.OfType<ArgumentResult>().SelectMany(argument => argument.Tokens.Select(token => token.Value)),
            .. Given(parsed).Where(option => !Beside.Contains(option.Option.Name) && !All.Contains(option.Option))
                .OrderBy(option => option.Option.Name, StringComparer.Ordinal)
                .SelectMany(option => option.Tokens.Select(token => token.Value).Prepend(option.Option.Name)),
        ],
        Shard = Given(parsed).FirstOrDefault(option => option.Option.Name == ShardName)?.Tokens[0].Value,
    };

    private static IEnumerable<OptionResult> Given(ParseResult parsed) =>
        parsed.CommandResult.Children.OfType<OptionResult>().Where(option => !option.Implicit);

    private static IEnumerable<ReportFile> GitHub() =>
    [
        new(new AnnotationWriter(), Path: null),
        .. Wanted(new MarkdownWriter(), Environment.GetEnvironmentVariable("GITHUB_STEP_SUMMARY"))
            .Select(file => file with { IsShared = true }),
    ];

    private static IEnumerable<ReportFile> Wanted(IReportWriter writer, string? path) =>
        string.IsNullOrEmpty(path) ? [] : [new ReportFile(writer, path == StandardOutput ? null : path)];

    private static Option<string?> File(string name, string description) => new(name) { Description = description, HelpName = "FILE" };
}
