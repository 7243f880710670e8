using Gdn.Harness.Clients;

namespace Gdn.Harness.Traffic;

/// <summary>
/// What a coding agent sends: one conversation that grows from turn to turn, and beside each turn short requests under a
/// system prompt of their own, for titles and summaries. All may use the cache. Chat servers are offered a tool in the conversation,
/// unless they refuse one.
/// </summary>
/// <param name="draw">Draws requests.</param>
/// <param name="solo">Solo answers, which the conversation continues.</param>
internal sealed class AgentTraffic(RequestDrawer draw, SoloAnswers solo)
{
    private const int Turns = 3;

    // Of drawn prompts: those of the sides are numbered by turn and side.
    private const int Sides = 100, System = 1000, SideSystem = 1001, User = 2000;

    /// <summary>Makes the requests.</summary>
    /// <param name="slots">np.</param>
    /// <param name="answer">Tokens of an answer.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="NotApplicableException">Answers cannot be put into prompts.</exception>
    public async Task<IReadOnlyList<LiveRequest>> RequestsAsync(int slots, int answer, CancellationToken cancellation)
    {
        var requests = new List<LiveRequest>();
        Prompt talk = await WithToolAsync(
            Conversation.Begin((await draw.RequestAsync(System, RoundSizes.Prompt, answer)).Prompt), cancellation);
        Prompt side = Conversation.Begin((await draw.RequestAsync(SideSystem, RoundSizes.Prompt / 2, answer)).Prompt);
        for (int turn = 0, last = -1; turn < Turns; turn++)
        {
            LiveRequest user = await draw.RequestAsync(User + turn, RoundSizes.Prompt / 2, answer);
            Prompt asked = Conversation.Say(talk, ChatMessage.User, user.Prompt);
            int current = requests.Count;
            requests.Add(user with
            {
                Prompt = asked,
                // Later turns have the words of earlier ones.
                Codeword = turn == 0 ? user.Codeword : null,
                Cache = true,
                Start = turn == 0 ? null : new RequestEnded(last),
            });
            for (int n = 1; n < slots; n++)
            {
                LiveRequest title = await draw.RequestAsync(Sides * turn + n, RoundSizes.Prompt / 2, answer / 2);
                requests.Add(title with
                {
                    Prompt = Conversation.Say(side, ChatMessage.User, title.Prompt),
                    Cache = true,
                    Start = new TokensArrived(current, n),
                });
            }

            last = current;
            talk = Conversation.Answered(asked, await solo.AnswerAsync(asked, answer, cancellation))
                ?? throw new NotApplicableException("the server reports its answers in no form that fits into a prompt");
        }

        return requests;
    }

    // A tool needs a chat template that knows tools, and a parser of its calls.
    private async Task<Prompt> WithToolAsync(Prompt talk, CancellationToken cancellation)
    {
        if (talk.Messages is null) return talk;
        Prompt offering = talk with { OffersTool = true };
        try
        {
            await solo.AnswerAsync(offering, 1, cancellation);
            return offering;
        }
        catch (BadAnswerException)
        {
            return talk;
        }
    }
}
