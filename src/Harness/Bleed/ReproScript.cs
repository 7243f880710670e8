using System.Text;
using Gdn.Harness.Clients;
using Gdn.Harness.Traffic;

namespace Gdn.Harness.Bleed;

/// <summary>A dirty round as a shell script that needs nothing but curl and jq.</summary>
internal static class ReproScript
{
    /// <summary>Writes it: every request solo, one after the other, then all of the round concurrently, and what differs.</summary>
    public static string Write(RoundResult dirty, ServerInfo server)
    {
        var script = new StringBuilder();
        Line("#!/usr/bin/env bash");
        Line("# Sends each request solo, then all of them concurrently, and shows the answers that differ.");
        Line($"# np {dirty.Round.Slots}, {dirty.Round.Scenario.Name()}; victims: {string.Join(", ", dirty.Victims.Select(v => v.Request))}.");
        Line("# An answer that differs after a near-tie may still be right.");
        Line("# usage: repro.sh [http://server:port]   API_KEY is sent if it is set. Exit code 1: answers differ; 3: no answer.");
        Line("set -uo pipefail");
        Line($"url=${{1:-{server.Address.GetLeftPart(UriPartial.Authority)}}}");
        Line("dir=$(mktemp -d); trap 'rm -rf \"$dir\"' EXIT");
        Line("ask() { # request number, output file");
        Line("  curl -sSf ${API_KEY:+-H \"Authorization: Bearer $API_KEY\"} -H 'Content-Type: application/json' \\");
        Line($"    -d @\"$dir/$1.json\" \"$url{server.Path}\" \\");
        Line($"    | jq -r '{ReproRequest.Text(server.Route)}' > \"$2\" || touch \"$dir/failed\"");
        Line("}");
        for (int i = 0; i < dirty.Round.Requests.Count; i++)
        {
            Line($"cat > \"$dir/{i}.json\" <<'JSON'");
            Line(ReproRequest.Body(dirty.Round.Requests[i], server).ToJsonString());
            Line("JSON");
        }

        int count = dirty.Round.Requests.Count;
        Line($"for i in $(seq 0 {count - 1}); do ask $i \"$dir/$i.solo\"; done");
        Line("# In the round some requests start or end with others; gdn-harness replay keeps that order, this script does not.");
        Line($"for i in $(seq 0 {count - 1}); do");
        Line("  ask $i \"$dir/$i.batched\" &");
        Line($"  [ $(jobs -rp | wc -l) -lt {dirty.Round.Slots} ] || wait -n");
        Line("done");
        Line("wait");
        Line("[ -e \"$dir/failed\" ] && { echo 'the server did not answer every request' >&2; exit 3; }");
        Line("differ=0");
        Line($"for i in $(seq 0 {count - 1}); do");
        Line("  cmp -s \"$dir/$i.solo\" \"$dir/$i.batched\" && continue");
        Line("  differ=1");
        Line("  echo \"request $i solo:    $(cat \"$dir/$i.solo\")\"");
        Line("  echo \"request $i batched: $(cat \"$dir/$i.batched\")\"");
        Line("done");
        Line("[ $differ = 0 ] && echo 'no answer differs'");
        Line("exit $differ");
        return script.ToString();

        void Line(string text) => script.Append(text).Append('\n');
    }
}
