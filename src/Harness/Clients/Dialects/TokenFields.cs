using System.Globalization;
using Gdn.Harness.Clients.Http;

namespace Gdn.Harness.Clients.Dialects;

/// <summary>Reads tokens and their log-probabilities, in the forms that servers give them.</summary>
internal static class TokenFields
{
    // vLLM's return_tokens_as_token_ids.
    private const string IdPrefix = "token_id:";

    /// <summary>
    /// The list that llama.cpp and chat APIs give: objects with <c>id</c>, <c>token</c>, <c>logprob</c> and
    /// <c>top_logprobs</c>.
    /// </summary>
    public static IReadOnlyList<ServedToken> List(AnswerJson list) => [.. list.Items().Select(item =>
    {
        (int? id, string text, double? logProbability) = Entry(item);
        Candidate[] candidates = item["top_logprobs"] is { } top ? Sorted(top.Items().Select(Entry)) : [];
        return ReportedLogProbabilities.WithoutPlaceholder(new ServedToken(id, text, logProbability, candidates));
    })];

    /// <summary>
    /// The form of OpenAI's completions: parallel arrays <c>tokens</c>, <c>token_logprobs</c> and <c>top_logprobs</c>, the
    /// last of maps from text.
    /// </summary>
    public static IReadOnlyList<ServedToken> Legacy(AnswerJson arrays)
    {
        IReadOnlyList<AnswerJson> tokens = arrays.Required("tokens").Items();
        IReadOnlyList<AnswerJson> own = arrays.Required("token_logprobs").Items();
        IReadOnlyList<AnswerJson>? top = arrays["top_logprobs"]?.Items();
        if (own.Count != tokens.Count || (top is not null && top.Count != tokens.Count))
            throw arrays.Wrong("tokens and their log-probabilities differ in number");
        return [.. tokens.Select((token, n) =>
        {
            (int? id, string text) = IdOrText(token.Text());
            Candidate[] candidates = top is null || top[n].IsNull ? [] : Sorted(top[n].Members().Select(member =>
            {
                (int? otherId, string otherText) = IdOrText(member.Name);
                return (otherId, otherText, Number(member.Value));
            }));
            return new ServedToken(id, text, Number(own[n]), candidates);
        })];
    }

    /// <summary>
    /// Tokens of an event: those with log-probabilities, with the ids that the event lists apart from them. A token that
    /// ends within a character may be in one list and not in the other.
    /// </summary>
    public static IReadOnlyList<ServedToken> Joined(
        IReadOnlyList<int>? ids, IReadOnlyList<ServedToken>? described, string text)
    {
        if (ids is null or { Count: 0 })
            return described is { Count: > 0 } ? described
                : text.Length > 0 ? [new ServedToken(null, text, null, [])] : [];
        if (described is not null && described.Count == ids.Count)
            return [.. described.Select((token, n) => token with { Id = ids[n] })];
        int next = 0;
        return [.. ids.Select(id =>
            described is not null && next < described.Count && described[next].Id == id
                ? described[next++]
                : new ServedToken(id, ids.Count == 1 ? text : "", null, []))];
    }

    private static (int? Id, string Text, double? LogProbability) Entry(AnswerJson entry)
    {
        (int? id, string text) = IdOrText(entry.Required("token").Text());
        // JSON has no NaN: llama.cpp writes null for one.
        double? logProbability = entry.HasNull("logprob") ? double.NaN
            : entry["logprob"] is { } value ? ReportedLogProbabilities.Known(value) : null;
        return (entry["id"]?.Int32() ?? id, text, logProbability);
    }

    private static double? Number(AnswerJson value) => value.IsNull ? null : ReportedLogProbabilities.Known(value);

    private static (int? Id, string Text) IdOrText(string token) =>
        token.StartsWith(IdPrefix, StringComparison.Ordinal)
        && int.TryParse(token.AsSpan(IdPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int id)
            ? (id, "")
            : (null, token);

    private static Candidate[] Sorted(IEnumerable<(int? Id, string Text, double? LogProbability)> entries) =>
        [.. entries.Where(entry => entry.LogProbability is not (null or double.NaN))
            .Select(entry => new Candidate(entry.Id, entry.Text, entry.LogProbability!.Value))
            .OrderByDescending(candidate => candidate.LogProbability)];
}
