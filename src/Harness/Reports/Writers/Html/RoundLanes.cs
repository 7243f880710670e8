using Gdn.Harness.Findings;
using Gdn.Harness.Traffic;
using static System.FormattableString;

namespace Gdn.Harness.Reports.Writers.Html;

/// <summary>A round of requests as swim lanes: a lane for each slot, its requests in order, and the victim marked.</summary>
internal static class RoundLanes
{
    private const int Colours = 8, MostRequests = 200;

    /// <summary>Writes the lanes of a round that shows a finding.</summary>
    public static void Write(HtmlText html, LiveRound round, Finding finding)
    {
        html.Raw("<div class=\"wide\"><table class=\"lanes\">\n<tbody>\n");
        foreach (IGrouping<int?, int> lane in Enumerable.Range(0, Math.Min(round.Requests.Count, MostRequests))
            .GroupBy(i => round.Requests[i].Slot ?? (i == finding.Sequence ? finding.Slot : null)).OrderBy(lane => lane.Key ?? int.MaxValue))
        {
            html.Add($"<tr><th>{(lane.Key is { } slot ? Invariant($"slot {slot}") : "any slot")}</th><td><div class=\"run\">");
            foreach (int i in lane) WriteRequest(html, i, round.Requests[i], finding);
            html.Raw("</div></td></tr>\n");
        }

        html.Raw("</tbody></table></div>\n");
    }

    private static void WriteRequest(HtmlText html, int number, LiveRequest request, Finding finding)
    {
        bool isWrong = finding.Sequence == number;
        html.Add($"<div class=\"chip hue-{number % Colours}{(isWrong ? " wrong" : "")}\"><b>request {number}</b> ")
            .Add($"prompt of {request.Prompt.Length}, {request.MaxTokens} tokens wanted{After(request.Start)}{(request.Abort is null ? "" : ", client leaves")}");
        if (isWrong)
            html.Raw("<br><strong>✗ victim").Add($"{(finding.Position is { } at ? Invariant($", first wrong token {at}") : "")}").Raw("</strong>");
        if (finding.Donor == number) html.Raw("<br><strong>gave its state</strong>");
        html.Raw("</div>");
    }

    private static string After(Trigger? start) => start switch
    {
        TokensArrived { Request: var request, Count: var count } => Invariant($", after token {count} of request {request}"),
        RequestEnded { Request: var request } => Invariant($", after request {request}"),
        RequestsEnded { Count: var count } => Invariant($", after {count} have ended"),
        _ => "",
    };
}
