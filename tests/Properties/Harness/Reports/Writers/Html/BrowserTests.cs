using System.Diagnostics;
using System.Text.RegularExpressions;
using Gdn.Harness.Reports;
using Gdn.Harness.Reports.Writers.Html;
using Gdn.Properties.Support;
using Xunit;

namespace Gdn.Properties.Harness.Reports.Writers.Html;

/// <summary>The page in a real browser, where there is one.</summary>
public sealed class BrowserTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gdn-browser-");

    private static string? Browser => Environment.GetEnvironmentVariable("PATH")!.Split(Path.PathSeparator)
        .SelectMany(folder => (string[])[Path.Combine(folder, "chromium"), Path.Combine(folder, "google-chrome")]).FirstOrDefault(File.Exists);

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Page_RunsOurScriptAndNobodyElses()
    {
        Assert.SkipUnless(Browser is not null, "no Chromium on this machine");
        string page = Path.Combine(_folder.FullName, "report.html");
        Part part = SampleReports.Sweep with { Findings = [SampleReports.Victim("<img src=x onerror=\"document.title='taken over'\">")] };
        await File.WriteAllTextAsync(
            page, SampleReports.Text(new HtmlWriter(), SampleReports.Mixed with { Parts = [part] }), TestContext.Current.CancellationToken);
        var start = new ProcessStartInfo(Browser!)
        {
            ArgumentList = { "--headless", "--no-sandbox", "--disable-gpu", $"--user-data-dir={Path.Combine(_folder.FullName, "profile")}", "--dump-dom", new Uri(page).AbsoluteUri },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var browser = Process.Start(start)!;
        Task<string> errors = browser.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string dom = await browser.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await errors;
        await browser.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Contains("class=\"has-scripts\"", dom, StringComparison.Ordinal);
        Assert.Single(Regex.Matches(dom, "<button>copy</button>"));
        Assert.Contains("<title>DIRTY: gate", dom, StringComparison.Ordinal);
        Assert.DoesNotContain("<img", dom, StringComparison.Ordinal);
    }
}
