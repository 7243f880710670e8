using System.Globalization;
using Gdn.Harness.Clients;
using Gdn.Harness.Divergence;
using Gdn.Harness.Findings;
using Gdn.Harness.Traffic;

namespace Gdn.Harness.Bleed;

/// <summary>A dirty round in words, and as a file that plays it again.</summary>
internal static class Evidence
{
    /// <summary>Name of the check in replay files.</summary>
    public const string CheckName = "live-bleed";

    /// <summary>What precedes the address in the engine of a replay file.</summary>
    public const string ServerPrefix = "server:";

    private const int TokensShown = 6;

    /// <summary>The finding.</summary>
    public static Finding Finding(RoundResult dirty, ServerInfo server, ulong seed) => new(
        $"bleed-{dirty.Round.Scenario.Name()}-np{dirty.Round.Slots}-{seed:x}",
        new ReplayFile
        {
            Schema = ReplayFile.CurrentSchema,
            Engine = ServerPrefix + server.Address,
            Check = CheckName,
            Seed = seed,
            Summary = Summary(dirty),
            Steps = [.. dirty.Victims.SelectMany(victim => Lines(dirty.Round, victim))],
            Round = dirty.Round,
        });

    /// <summary>The first victim in one line.</summary>
    public static string Summary(RoundResult dirty)
    {
        Victim victim = dirty.Victims[0];
        string from = victim.From is { } found ? $"; from request {Number(found.Donor)}: {found.Evidence}" : "";
        return $"np {Number(dirty.Round.Slots)}, {dirty.Round.Scenario.Name()}: {Name(victim)}{At(victim)}: "
            + $"{victim.Judgement.Reason}{from}";
    }

    /// <summary>A victim: prompt, where and how the answers part, and whose text it got.</summary>
    public static IEnumerable<string> Lines(LiveRound round, Victim victim)
    {
        LiveRequest request = round.Requests[victim.Request];
        string codeword = request.Codeword is { } word ? $", codeword '{word}'" : "";
        yield return $"victim: {Name(victim)}, prompt of {request.Prompt.Length}{codeword}";
        if (victim.Judgement.At is { } at)
        {
            yield return $"  {Position(at)}"
                + (at.Gap is { } gap ? $", gap {(at.GapIsLeast ? "at least " : "")}{Number(gap)} nats" : "")
                + (at.Z is { } z ? $" (z = {Number(z)})" : "")
                + (at.Move is { } move ? $", log-probabilities moved by {Number(move)} nats" : "");
            yield return $"  alone:      {Tokens(victim.Solo, at.Position)}";
            yield return $"  in company: {Tokens(victim.Batched, at.Position)}";
        }

        yield return $"  {victim.Judgement.Reason}";
        if (victim.From is { } from)
            yield return $"  donor: request {Number(from.Donor)}"
                + (round.Requests[from.Donor].Codeword is { } told ? $", codeword '{told}'" : "") + $": {from.Evidence}";
    }

    private static string Name(Victim victim) =>
        $"request {Number(victim.Request)}" + (victim.Slot is { } slot ? $" (slot {Number(slot)})" : "");

    private static string At(Victim victim) => victim.Judgement.At is { } at ? $", {Position(at)}" : "";

    private static string Position(DivergencePoint at) => at.Expected == at.Actual
        ? $"token {Number(at.Position)}, {at.Actual} as expected"
        : $"token {Number(at.Position)}: expected {at.Expected}, actual {at.Actual}";

    private static string Tokens(Completion completion, int position) => string.Join(' ', completion.Tokens
        .Skip(position).Take(TokensShown)
        .Select(token => token.Name + (token.LogProbability is { } p ? $" {Number(p)}" : "")));

    private static string Number(double value) => value.ToString("G4", CultureInfo.InvariantCulture);
}
