using Gdn.Harness.Checks.Attribution;
using static System.FormattableString;

namespace Gdn.Harness.Bleed.Oracle;

/// <summary>
/// The states that were around when an answer went wrong, or could have been by a slip: those of other requests at any time,
/// its own at other times, and with tokens too many.
/// </summary>
/// <param name="played">The round.</param>
/// <param name="target">The request whose answer went wrong.</param>
/// <param name="isAlone">Whether it went wrong alone, before the round.</param>
internal sealed class StateChains(PlayedRound played, int target, bool isAlone)
{
    // As many as drafts and pages have.
    private const int MaxRepeated = 8;

    private const int MaxPadding = 64;

    /// <summary>What may have been in place of the state before a token, likelier ones first.</summary>
    /// <param name="fed">Tokens of the answer's sequence.</param>
    /// <param name="entry">Index of the token.</param>
    /// <param name="vocabulary">V.</param>
    public IEnumerable<StateChain> Before(int[] fed, int entry, int vocabulary)
    {
        int[] own = fed[..entry];
        yield return new StateChain([], 0, _ => "nobody: all zero");
        foreach (StateChain other in Others()) yield return other;
        if (entry > 1)
            yield return new StateChain(own[..^1], 1, length => $"itself {OwnStates.Count(entry - length)} before");
        if (entry < fed.Length)
            yield return new StateChain(
                fed[..Math.Min(fed.Length, entry + MaxRepeated)], entry + 1,
                length => $"itself, already with {OwnStates.Count(length - entry)} from here on");
        for (int count = 1; count <= Math.Min(MaxRepeated, entry); count++)
        {
            int repeated = count;
            yield return new StateChain(
                [.. own, .. own[^count..]], entry + count, _ => $"itself with the last {OwnStates.Count(repeated)} twice");
        }

        foreach (int padding in (int[])[.. new[] { 0, vocabulary - 1 }.Concat(own.TakeLast(1)).Distinct()])
            yield return new StateChain(
                [.. own, .. Enumerable.Repeat(padding, MaxPadding)], entry + 1,
                length => Invariant($"itself with {OwnStates.Count(length - entry)} of padding, each {padding}"));
        foreach (StateChain other in Others().Where(other => !other.Tokens.AsSpan().StartsWith(own)))
            yield return new StateChain(
                [.. own, .. other.Tokens], entry + 1,
                length => $"itself with the first {OwnStates.Count(length - entry)} of {other.Words(other.Tokens.Length)}");
    }

    // The slot's last tenants first. Lone answers differ from those of the round where these went wrong.
    private IEnumerable<StateChain> Others()
    {
        if (isAlone)
            foreach (ForcedAnswer before in played.Before[target].Reverse())
                yield return Whole(before, "the lone request before");
        int? slot = played.Slots[target];
        int[] requests = [.. Enumerable.Range(0, played.Batched.Count).Where(request => request != target)
            .OrderByDescending(request => slot is not null && played.Slots[request] == slot)];
        if (!isAlone)
        {
            foreach (int request in requests) yield return Whole(played.Batched[request].Answer, Invariant($"request {request}"));
            foreach ((int tenant, ForcedAnswer answer) in played.Tenants.OrderByDescending(tenant => tenant.Slot == slot))
                yield return Whole(answer, Invariant($"the request on slot {tenant} before the round"));
        }

        foreach (int request in requests) yield return Whole(played.Alone[request].Answer, Invariant($"request {request} alone"));
        if (!isAlone) yield return Whole(played.Alone[target].Answer, "the same request alone");
    }

    private static StateChain Whole(ForcedAnswer answer, string whose)
    {
        int prompt = answer.Prompt.Count;
        int[] fed = answer.Fed;
        return new StateChain(fed, 1, length => whose + (length == fed.Length ? " at its end"
            : length <= prompt ? Invariant($" after {length} of the {prompt} tokens of its prompt")
            : Invariant($" after token {length - prompt - 1} of its answer")));
    }
}
