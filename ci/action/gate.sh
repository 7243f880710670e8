#!/usr/bin/env bash
# What the action runs, and what runs the same by hand: packs the tool from these sources, installs it, gates an engine.
# ENGINE, CONFIG, PROFILE, BASELINE, KNOWN and OUT are the action's inputs; empty ones are left out.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
tools=${RUNNER_TEMP:-${TMPDIR:-/tmp}}/gdn-harness-tool
out=${OUT:-gdn-harness}

if [ ! -x "$tools/gdn-harness" ]; then
  dotnet pack "$root/src/Harness" -c Release -v q -o "$tools/package"
  # From this folder alone: nothing of that name is ever taken from elsewhere.
  dotnet tool install gdn-harness --tool-path "$tools" --source "$tools/package" --prerelease
fi

arguments=(--profile "${PROFILE:-full}" --out "$out/findings" --json "$out/report.json" --markdown "$out/report.md"
  --junit "$out/report.xml" --html "$out/report.html")
[ -z "${ENGINE:-}" ] || arguments+=(--engine "$ENGINE")
[ -z "${CONFIG:-}" ] || arguments+=(--config "$CONFIG")
[ -z "${BASELINE:-}" ] || arguments+=(--baseline "$BASELINE")
[ -z "${KNOWN:-}" ] || arguments+=(--known "$KNOWN")
[ "${GITHUB_ACTIONS:-}" != true ] || arguments+=(--github)
mkdir -p "$out"
exec "$tools/gdn-harness" gate "${arguments[@]}"
