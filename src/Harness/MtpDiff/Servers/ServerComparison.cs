using Gdn.Harness.Clients;
using Gdn.Harness.Divergence;
using Gdn.Harness.Traffic;

namespace Gdn.Harness.MtpDiff.Servers;

/// <summary>Runs a comparison on servers: as they were started, without drafts, and with every K that a request can choose.</summary>
/// <param name="options">What to compare.</param>
internal sealed class ServerComparison(ServerMtpDiffOptions options)
{
    private const int NoisePrompts = 4, AloneNp = 1;

    private readonly List<Completion> _plain = [];

    /// <summary>The servers: the one that is to draft, and the one that it is compared with, if there is one.</summary>
    public IReadOnlyList<ComparedServer> Servers { get; } = options.Against is { } other
        ? [new(NameOf(options.Server), options.Server), new(NameOf(other) + (other.Info.Address == options.Server.Info.Address ? ", again" : ""), other)]
        : [new(null, options.Server)];

    /// <summary>The answers without drafts.</summary>
    public IReadOnlyList<Completion> Plain => _plain;

    /// <summary>How much log-probabilities move when nothing is wrong; null if it was not measured.</summary>
    public NoiseFloor? Noise { get; private set; }

    /// <summary>Whether all arms were run.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>Whether the server that is to draft has drafted.</summary>
    public bool WasOn => Servers[0].Drafts;

    /// <summary>Runs it.</summary>
    /// <param name="stepDone">Called after each arm.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task RunAsync(Action stepDone, CancellationToken cancellation)
    {
        IReadOnlyList<Prompt> prompts = await PromptsAsync(cancellation);
        var runner = new ServerRunner(prompts, options.Tokens);
        foreach (ComparedServer server in Servers)
        {
            // Not compared: what a server does first is slow.
            var (answers, totals) = await runner.AskAsync(server.Client, new ServedArm(null, AloneNp), cancellation);
            int most = answers.Index().MaxBy(answer => answer.Item.Completion.Counters.Drafted ?? 0).Index;
            await server.LearnAsync(prompts[most], answers, totals, cancellation);
            stepDone();
        }

        if (!WasOn) return;
        var solo = new SoloAnswers(Servers[^1].Plain);
        Noise = await MeasureNoiseAsync(solo, prompts, cancellation);
        foreach (Prompt prompt in prompts) _plain.Add(await solo.AnswerAsync(prompt, options.Tokens, cancellation));
        var comparison = new CompletionComparison(solo, Noise);
        foreach (ComparedServer server in Servers)
            foreach (ServedArm arm in ArmsOf(server))
            {
                var (answers, totals) = await runner.AskAsync(arm.Drafts == 0 ? server.Plain : server.Client, arm, cancellation);
                var judged = new List<JudgedCompletion>();
                foreach ((int i, TimedCompletion answer) in answers.Index())
                    judged.Add(new JudgedCompletion(_plain[i], answer.Completion, await comparison.CompareAsync(
                        prompts[i], _plain[i], answer.Completion, options.Tokens, cancellation)));
                // Pairs of tokens are no way to decode.
                bool isTimed = arm.Np == AloneNp && (arm.Drafts != 0 || server.Way != PlainWay.InPairs);
                server.Results.Add(new ServedArmResult(
                    arm, judged, totals, isTimed ? new TimeSpan(answers.Sum(answer => answer.Time.Ticks)) : null));
                stepDone();
            }

        IsComplete = true;
    }

    // One at a time, then side by side, so that drafts of unlike lengths meet in one batch.
    private IEnumerable<ServedArm> ArmsOf(ComparedServer server)
    {
        int[] together = options.Np > AloneNp ? [AloneNp, options.Np] : [AloneNp];
        foreach (int np in server.Way == PlainWay.InPairs ? [AloneNp] : together) yield return new ServedArm(0, np);
        if (!server.Drafts) yield break;
        foreach (int np in together)
        {
            if (server.Way == PlainWay.ByRequest)
                foreach (int k in options.Drafts.Where(k => k < (server.Longest ?? int.MaxValue))) yield return new ServedArm(k, np);
            yield return new ServedArm(null, np);
        }
    }

    // Beside what moves anyway: a token that is decoded from a prompt, and then after another one.
    private async Task<NoiseFloor> MeasureNoiseAsync(SoloAnswers solo, IReadOnlyList<Prompt> prompts, CancellationToken cancellation)
    {
        Prompt[] trial = [.. prompts.Take(NoisePrompts)];
        NoiseFloor noise = await solo.MeasureNoiseAsync(trial, options.Tokens, cancellation);
        var pairs = new List<(IReadOnlyList<ServedToken>, IReadOnlyList<ServedToken>)>();
        foreach (Prompt prompt in trial)
        {
            IReadOnlyList<ServedToken> answer = (await solo.AnswerAsync(prompt, options.Tokens, cancellation)).Tokens;
            if (answer.Count > 1 && await solo.ContinueAsync(prompt, [answer[0]], answer.Count - 1, cancellation) is { } shifted)
                pairs.Add(([.. answer.Skip(1)], shifted));
        }

        return noise.With(NoiseFloor.Of(pairs));
    }

    // Token ids where all servers have the same: text is not always cut into the same tokens again.
    private async Task<IReadOnlyList<Prompt>> PromptsAsync(CancellationToken cancellation)
    {
        var prompts = new List<Prompt>();
        foreach ((_, string text) in options.Prompts)
        {
            IReadOnlyList<int>? tokens = null;
            foreach (ICompletionClient server in Servers.Select(server => server.Client))
            {
                IReadOnlyList<int>? own = server.Info.TakesTokens ? await server.TokenizeAsync(text, cancellation) : null;
                if (own is not { Count: > 0 } || (tokens is not null && !tokens.SequenceEqual(own)))
                {
                    tokens = null;
                    break;
                }

                tokens = own;
            }

            prompts.Add(new Prompt(tokens, text));
        }

        return prompts;
    }

    private static string NameOf(ICompletionClient server) => server.Info.Address.GetLeftPart(UriPartial.Authority);
}
