using System.Text;
using Gdn.Harness.Clients;
using Gdn.Harness.Metrics;
using Gdn.Harness.Traffic;
using Gdn.Reference;

namespace Gdn.Harness.Bleed;

/// <summary>A dirty round as a shell script that needs nothing but bash, curl and jq.</summary>
/// <remarks>
/// Not kept of the round: times. A request starts, and a client leaves, some milliseconds after what it waits for, where
/// <c>replay</c> does so at once.
/// </remarks>
internal static class ReproScript
{
    /// <summary>
    /// How many rounds show the fault with 95% probability, if it shows in as many as it has, give or take one (Laplace's rule).
    /// </summary>
    public static int RoundsFor(int dirty, int rounds) => BinomialRate.RoundsToDetect((dirty + 1.0) / (rounds + 2));

    /// <summary>Writes it: every request solo, then the round, again and again, what differs, and how often.</summary>
    /// <param name="dirty">The round.</param>
    /// <param name="server">The server.</param>
    /// <param name="rounds">How often it is played where the caller does not say.</param>
    public static string Write(RoundResult dirty, ServerInfo server, int rounds)
    {
        LiveRound round = dirty.Round;
        int last = round.Requests.Count - 1;
        string url = OutsideText.Shell(server.Address.GetLeftPart(UriPartial.Authority));
        string path = OutsideText.Shell(server.Path);
        string about = dirty.Victims.Count == 0
            ? "the server is wrong alone after it"
            : $"victims: {string.Join(", ", dirty.Victims.Select(victim => victim.Request))}";
        return $$"""
            #!/usr/bin/env bash
            # np {{round.Slots}}, {{round.Scenario.Name()}}; {{about}}.
            # Sends each request solo, then all of them as in the round, with its slots, starts and departures, and shows which
            # answers differ, and in how many rounds. One that differs after a near-tie may still be right.
            # usage: repro.sh [http://server:port] [rounds]   API_KEY is sent if it is set.
            # Exit code 0: not seen; 1: answers differ; 3: no answer.
            set -uo pipefail
            default={{url}} path={{path}}
            url=${1:-$default} rounds=${2:-{{rounds}}}
            dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT
            ask() { # body, output: a line for each token. Takes the place of the shell that calls it.
              exec curl -sSfN ${API_KEY:+-H "Authorization: Bearer $API_KEY"} -H 'Content-Type: application/json' \
                -d @"$dir/$1" "$url$path" > "$dir/$2"
            }
            parts() { grep -E '^(data: )?\{' "$dir/$1" | sed 's/^data: //'; }
            text() { parts "$1" | jq -j '{{ReproRequest.TextIn(server)}}'; }
            give_up() { echo 'the server did not answer every request' >&2; exit 3; }
            now() { true; }
            ended() { [ -e "$dir/$1.end" ]; }
            endings() { [ "$(find "$dir" -name '*.end' | wc -l)" -ge "$1" ]; }
            tokens() { ended "$1" || [ "$(parts "$1.batched" | wc -l)" -ge "$2" ]; }
            play() { # request, what it waits for, at what its client leaves
              until $2; do sleep 0.002; done
              ask "$1.json" "$1.batched" & pid=$!
              if [ -n "$3" ]; then
                until $3; do kill -0 $pid 2> /dev/null || break; sleep 0.002; done
                kill $pid 2> /dev/null && touch "$dir/$1.left"
              fi
              wait $pid; code=$?
              if [ $code = 22 ]; then touch "$dir/$1.refused"; elif [ $code != 0 ] && [ ! -e "$dir/$1.left" ]; then touch "$dir/failed"; fi
              touch "$dir/$1.end"
            }
            {{Bodies(round, server)}}
            for i in $(seq 0 {{last}}); do
              jq -c '{{ReproRequest.Alone(server)}}' "$dir/$i.json" > "$dir/$i.alone.json"
              (ask "$i.alone.json" "$i.solo") || give_up
            done
            seen=0
            compare() { # request, its answer in which file, in words
              solo=$(text "$1.solo") other=$(text "$2")
              [ -e "$dir/$1.left" ] && [ "$2" = "$1.batched" ] && solo=${solo:0:${#other} }
              if [ -e "$dir/$1.refused" ] && [ "$2" = "$1.batched" ]; then other='(refused)'; fi
              [ "$solo" = "$other" ] && return
              differ=1
              [ $seen = 0 ] || return
              printf 'request %s solo:     %s\nrequest %s %s: %s\n' "$1" "$solo" "$1" "$3" "$other"
            }
            for round in $(seq "$rounds"); do
              differ=0
              rm -f "$dir"/*.end "$dir"/*.left "$dir"/*.refused
              for i in $(seq 0 {{last}}); do : > "$dir/$i.batched"; done
            {{Plays(round)}}
              wait
              [ -e "$dir/failed" ] && give_up
              for i in $(seq 0 {{last}}); do
                compare "$i" "$i.batched" 'in round'
                (ask "$i.alone.json" "$i.after") || give_up
                compare "$i" "$i.after" 'after it'
              done
              seen=$((seen + differ))
            done
            echo "seen in $seen of $rounds rounds"
            [ $seen = 0 ] || exit 1
            echo "it may depend on what the server did before, or be rarer"

            """.ReplaceLineEndings("\n");
    }

    private static string Bodies(LiveRound round, ServerInfo server)
    {
        var bodies = new StringBuilder();
        for (int i = 0; i < round.Requests.Count; i++)
            bodies.Append($"cat > \"$dir/{i}.json\" <<'JSON'\n{ReproRequest.Body(round.Requests[i], server).ToJsonString()}\nJSON\n");
        return bodies.ToString().TrimEnd('\n');
    }

    private static string Plays(LiveRound round) => string.Join('\n', round.Requests.Select((request, i) =>
        $"  play {i} '{(request.Start is null ? "now" : Words(request.Start))}' '{Words(request.Abort)}' &"));

    private static string Words(Trigger? trigger) => trigger switch
    {
        null => "",
        TokensArrived(var request, var count) => $"tokens {request} {count}",
        RequestEnded(var request) => $"ended {request}",
        RequestsEnded(var count) => $"endings {count}",
        _ => throw new InvalidOperationException($"Unknown trigger {trigger}."),
    };
}
