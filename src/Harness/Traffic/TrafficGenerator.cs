using Gdn.Harness.Schedules;

namespace Gdn.Harness.Traffic;

/// <summary>Random traffic of a given pattern.</summary>
public static class TrafficGenerator
{
    private const int PromptLength = 12, AnswerLength = 10, ChurnFactor = 3;

    /// <summary>Makes the requests' schedule.</summary>
    /// <param name="scenario">The pattern.</param>
    /// <param name="slots">np.</param>
    /// <param name="seed">Names prompts, lengths and arrivals.</param>
    /// <param name="vocabulary">Prompts use token ids below this.</param>
    /// <param name="answer">The engine's solo answer to a prompt, of a given number of tokens.</param>
    public static Schedule Generate(
        Scenario scenario, int slots, ulong seed, int vocabulary, Func<IReadOnlyList<int>, int, IReadOnlyList<int>> answer)
    {
        var random = new SeededRandom(seed);
        int count = scenario == Scenario.Churn ? ChurnFactor * slots : slots;
        var requests = new List<TrafficRequest>();
        for (int i = 0; i < count; i++)
        {
            int promptLength = scenario switch
            {
                Scenario.Simultaneous or Scenario.Steady => PromptLength,
                _ => 1 + random.Next(2 * PromptLength),
            };
            int answerLength = scenario == Scenario.Steady ? AnswerLength : 2 + random.Next(2 * AnswerLength);
            int[] prompt = new int[promptLength];
            for (int n = 0; n < prompt.Length; n++) prompt[n] = random.Next(vocabulary);
            int arrival = scenario == Scenario.Staggered ? 2 * i : 0;
            requests.Add(new TrafficRequest(arrival, prompt, answer(prompt, answerLength)));
        }

        return ContinuousBatching.Schedule(requests, slots, mixed: scenario is Scenario.Staggered);
    }
}
