using Gdn.Harness.Clients;
using Gdn.Harness.Divergence;
using Gdn.Harness.Traffic;

namespace Gdn.Harness.Bleed;

/// <summary>
/// Prompts that the server answers alone twice alike. They are asked again after rounds: what has become of them is what the
/// round has left behind, and no noise.
/// </summary>
/// <remarks>
/// <para>Verified: one prompt after each round, in turn; all of them if that one has changed.</para>
/// <para>
/// Not verified: what a round leaves behind on other slots than that of solo answers, or for other prompts; without
/// log-probabilities, a change of some of the prompts but not of all.
/// </para>
/// </remarks>
internal sealed class Sentinels
{
    // The server's word alone: what it says now is not to be the measure of what it said before.
    private sealed class Memory(SoloAnswers solo) : IExpectedSide
    {
        public int TokensShort => solo.TokensShort;

        public Task<IReadOnlyList<ServedToken>?> ContinueAsync(
            Prompt prompt, IReadOnlyList<ServedToken> beginning, int count, CancellationToken cancellation) =>
            Task.FromResult<IReadOnlyList<ServedToken>?>(null);
    }

    // One of two may have changed by chance where only the text tells.
    private const int FewestForAll = 2;

    private readonly SoloAnswers _solo;
    private readonly Judge _judge;
    private readonly int _count;
    private readonly List<(Prompt Prompt, Completion Answer)> _stable = [];
    private int _next;

    private Sentinels(SoloAnswers solo, NoiseFloor noise, int count)
    {
        _solo = solo;
        _judge = new Judge(new Memory(solo), noise);
        _count = count;
    }

    /// <summary>Those of the prompts that are answered twice alike.</summary>
    /// <param name="solo">The server's solo answers.</param>
    /// <param name="noise">How much its log-probabilities move when nothing is wrong.</param>
    /// <param name="prompts">The prompts.</param>
    /// <param name="count">Tokens of an answer.</param>
    /// <param name="cancellation">Ends it.</param>
    public static async Task<Sentinels> AmongAsync(
        SoloAnswers solo, NoiseFloor noise, IEnumerable<Prompt> prompts, int count, CancellationToken cancellation)
    {
        var sentinels = new Sentinels(solo, noise, count);
        foreach (Prompt prompt in prompts.DistinctBy(prompt => prompt.Key))
        {
            Completion answer = await solo.AnswerAsync(prompt, count, cancellation);
            Completion again = await solo.AgainAsync(prompt, count, cancellation);
            if (await sentinels.DifferenceAsync(prompt, answer, again, cancellation) is { Outcome: Outcome.Same or Outcome.Tie })
                sentinels._stable.Add((prompt, answer));
        }

        return sentinels;
    }

    /// <summary>What the round that was just played has left behind; null if nothing shows.</summary>
    public async Task<Aftermath?> AfterRoundAsync(CancellationToken cancellation)
    {
        if (_stable.Count == 0) return null;
        int first = _next++ % _stable.Count;
        if (await ChangeAsync(_stable[first], cancellation) is not { } change) return null;
        var lasting = new List<(ChangedAnswer Answer, bool IsCertain)>();
        foreach ((Prompt Prompt, Completion Answer) stable in _stable)
            if (await ChangeAsync(stable, cancellation) is { } other) lasting.Add(other);
        int asked = _stable.Count;
        if (asked >= FewestForAll && lasting.Count == asked)
            return new Aftermath(asked, [.. lasting.Select(other => other.Answer)], Lasts: true);

        ChangedAnswer[] certain = [.. lasting.Where(other => other.IsCertain).Select(other => other.Answer)];
        _stable.RemoveAll(stable => certain.Any(other => other.Prompt == stable.Prompt));
        return certain.Length > 0 ? new Aftermath(asked, certain, Lasts: true)
            : change.IsCertain ? new Aftermath(asked, [change.Answer], Lasts: false)
            : null;
    }

    // How the answer has changed, and whether noise is sure not to explain it: without log-probabilities it may.
    private async Task<(ChangedAnswer Answer, bool IsCertain)?> ChangeAsync(
        (Prompt Prompt, Completion Answer) stable, CancellationToken cancellation)
    {
        (Prompt prompt, Completion before) = stable;
        try
        {
            Completion after = await _solo.AgainAsync(prompt, _count, cancellation);
            Judgement judgement = await DifferenceAsync(prompt, before, after, cancellation);
            return judgement switch
            {
                { Outcome: Outcome.Corrupt } => (new ChangedAnswer(prompt, before, after, judgement.Reason), true),
                { Outcome: Outcome.Undecided, At.Z: null } => (new ChangedAnswer(prompt, before, after, "it is another text"), false),
                _ => null,
            };
        }
        catch (BadAnswerException e) when (Refusal.IsSuspect(e))
        {
            return (new ChangedAnswer(prompt, before, null, e.Message), Refusal.SpeaksOfNaN(e));
        }
    }

    private Task<Judgement> DifferenceAsync(Prompt prompt, Completion one, Completion other, CancellationToken cancellation) =>
        _judge.JudgeAsync(prompt, one.Tokens, other.Tokens, Math.Min(_count, one.Tokens.Count), cancellation);
}
