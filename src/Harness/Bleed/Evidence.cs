using System.Globalization;
using Gdn.Harness.Clients;
using Gdn.Harness.Divergence;
using Gdn.Harness.Findings;
using Gdn.Harness.Traffic;

namespace Gdn.Harness.Bleed;

/// <summary>A dirty round as a finding, and in words.</summary>
internal static class Evidence
{
    /// <summary>Name of the check in replay files.</summary>
    public const string CheckName = "live-bleed";

    /// <summary>What precedes the address in the engine of a replay file.</summary>
    public const string ServerPrefix = "server:";

    private const int TokensShown = 6;

    /// <summary>The finding: the first victim in fields, all of them in words.</summary>
    public static Finding Finding(RoundResult dirty, ServerInfo server, ulong seed)
    {
        (LiveRound round, Victim victim) = (dirty.Round, dirty.Victims[0]);
        DivergencePoint? at = victim.Judgement.At;
        string scenario = round.Scenario.Name();
        var finding = new Finding(
            $"bleed-{scenario}-np{round.Slots}-{seed:x}", CheckName, ServerPrefix + server.Address)
        {
            Np = round.Slots,
            Scenario = scenario,
            Sequence = victim.Request,
            Slot = victim.Slot,
            Position = at?.Position,
            ExpectedToken = at?.Expected,
            ActualToken = at?.Actual,
            Detail = victim.Judgement.Reason,
            Fingerprint = Fingerprint.Of(CheckName, scenario),
            Donor = victim.From?.Donor,
            DonorEvidence = victim.From?.Evidence,
            Steps = [.. dirty.Victims.SelectMany(other => Lines(round, other))],
        };
        return finding with { Replay = ReplayFile.Of(finding, seed) with { Round = round } };
    }

    /// <summary>A victim: prompt, where and how the answers part, and whose text it got.</summary>
    public static IEnumerable<string> Lines(LiveRound round, Victim victim)
    {
        LiveRequest request = round.Requests[victim.Request];
        string codeword = request.Codeword is { } word ? $", codeword '{word}'" : "";
        string slot = victim.Slot is { } number ? $" (slot {Number(number)})" : "";
        yield return $"victim: request {Number(victim.Request)}{slot}, prompt of {request.Prompt.Length}{codeword}";
        if (victim.Judgement.At is { } at)
        {
            yield return $"  {Position(at)}"
                + (at.Gap is { } gap ? $", gap {(at.GapIsLeast ? "at least " : "")}{Number(gap)} nats" : "")
                + (at.Z is { } z ? $" (z = {Number(z)})" : "")
                + (at.Move is { } move ? $", log-probabilities moved by {Number(move)} nats" : "");
            yield return $"  solo:    {Tokens(victim.Solo, at.Position)}";
            yield return $"  batched: {Tokens(victim.Batched, at.Position)}";
            if (victim.Reference is { } reference) yield return $"  reference, after the same tokens: {Tokens(reference, at.Position)}";
        }

        yield return $"  {victim.Judgement.Reason}";
        if (victim.From is { } from)
            yield return $"  donor: request {Number(from.Donor)}"
                + (round.Requests[from.Donor].Codeword is { } own ? $", codeword '{own}'" : "") + $": {from.Evidence}";
    }

    private static string Position(DivergencePoint at) => at.Expected == at.Actual
        ? $"token {Number(at.Position)}, {at.Actual} as expected"
        : $"token {Number(at.Position)}: expected {at.Expected}, actual {at.Actual}";

    private static string Tokens(Completion completion, int position) => Tokens(completion.Tokens, position);

    private static string Tokens(IEnumerable<ServedToken> tokens, int position) => string.Join(' ', tokens
        .Skip(position).Take(TokensShown)
        .Select(token => token.Name + (token.LogProbability is { } p ? $" {Number(p)}" : "")));

    private static string Number(double value) => value.ToString("G4", CultureInfo.InvariantCulture);
}
