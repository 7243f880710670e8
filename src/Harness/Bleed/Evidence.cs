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

    private const int TokensShown = 6;

    /// <summary>The finding: the first victim in fields, all of them in words.</summary>
    public static Finding Finding(RoundResult dirty, ServerInfo server, ulong seed)
    {
        LiveRound round = dirty.Round;
        Victim? victim = dirty.Aftermath is null ? dirty.Victims[0] : null;
        DivergencePoint? at = victim?.Judgement.At;
        string scenario = round.Scenario.Name();
        var finding = new Finding(
            $"bleed-{scenario}-np{round.Slots}-{seed:x}", CheckName, ReplayFile.ServerPrefix + server.Address)
        {
            Np = round.Slots,
            Scenario = scenario,
            Sequence = victim?.Request,
            Slot = victim?.Slot,
            Position = at?.Position,
            ExpectedToken = at?.Expected,
            ActualToken = at?.Actual,
            Alone = at is null ? null : Names(victim!.Solo.Tokens.Skip(at.Position)),
            InCompany = at is null ? null : Names(victim!.Batched.Tokens.Skip(at.Position)),
            Detail = Reason(dirty),
            Fingerprint = dirty.Aftermath is null
                ? Fingerprint.Of(CheckName, scenario)
                : Fingerprint.Of(CheckName, "state outlives requests"),
            Donor = victim?.From?.Donor,
            DonorEvidence = victim?.From?.Evidence,
            Explanation = dirty.Explained?.ToString(),
            Steps = [.. Lines(dirty)],
        };
        return finding with { Replay = ReplayFile.Of(finding, seed) with { Round = round } };
    }

    /// <summary>What is wrong with a dirty round, in one line.</summary>
    public static string Reason(RoundResult dirty) => dirty.Aftermath is { } left
        ? $"{left.Reason} (round {Number(dirty.Number)} of {dirty.Round.Scenario.Name()}, np {Number(dirty.Round.Slots)})"
        : dirty.Victims[0].Judgement.Reason;

    /// <summary>All that is wrong with it.</summary>
    public static IEnumerable<string> Lines(RoundResult dirty) =>
    [
        .. dirty.Explained is { } explained ? (string[])[$"explanation: {explained}"] : [],
        .. dirty.Aftermath is { } left ? Lines(left) : [],
        .. dirty.Victims.SelectMany(victim => Lines(dirty.Round, victim)),
    ];

    // What the server said, and says.
    private static IEnumerable<string> Lines(Aftermath left)
    {
        yield return left.Reason;
        foreach (ChangedAnswer changed in left.Changed)
        {
            yield return $"  prompt of {changed.Prompt.Length}, alone: {changed.Reason}";
            yield return $"    before: {Tokens(changed.Before.Tokens)}";
            yield return $"    after:  {(changed.After is { } after ? Tokens(after.Tokens) : "refused")}";
        }
    }

    // A victim: prompt, where and how the answers part, and whose text it got.
    private static IEnumerable<string> Lines(LiveRound round, Victim victim)
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
            foreach ((string label, IEnumerable<ServedToken> tokens) in Readings(round, victim, at.Position))
                yield return $"  {label,-10} {Tokens(tokens)}";
        }

        yield return $"  {victim.Judgement.Reason}";
        if (victim.From is { } from)
            yield return $"  donor: request {Number(from.Donor)}"
                + (round.Requests[from.Donor].Codeword is { } own ? $", codeword '{own}'" : "") + $": {from.Evidence}";
    }

    // In a solo round there is no company: the two are answers at two times.
    private static IEnumerable<(string Label, IEnumerable<ServedToken> Tokens)> Readings(LiveRound round, Victim victim, int from)
    {
        bool isSolo = round.Scenario == Scenario.Solo;
        yield return (isSolo ? "at first:" : "solo:", victim.Solo.Tokens.Skip(from));
        yield return (isSolo ? "later:" : "batched:", victim.Batched.Tokens.Skip(from));
        if (victim.Judgement.ReadBack is { } read) yield return ("read back:", read);
        if (victim.Reference is { } reference) yield return ("reference:", reference.Skip(from));
    }

    private static string Position(DivergencePoint at) => at.Expected == at.Actual
        ? $"token {Number(at.Position)}, {at.Actual} as expected"
        : $"token {Number(at.Position)}: expected {at.Expected}, actual {at.Actual}";

    private static string Tokens(IEnumerable<ServedToken> tokens) => string.Join(' ', tokens
        .Take(TokensShown)
        .Select(token => token.Name + (token.LogProbability is { } p ? $" {Number(p)}" : "")));

    private static IReadOnlyList<string> Names(IEnumerable<ServedToken> tokens) => [.. tokens.Take(TokensShown).Select(token => token.Name)];

    private static string Number(double value) => value.ToString("G4", CultureInfo.InvariantCulture);
}
