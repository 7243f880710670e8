using Gdn.Harness.Schedules.Crossings;
using Gdn.Reference.Engines;

namespace Gdn.Harness.Schedules.Generation;

/// <summary>
/// Random schedules: scenes in which engines are known to go wrong, and steps without a plan between them. The same seed
/// makes the same schedule, everywhere and for good.
/// </summary>
public static class ScheduleGenerator
{
    private const int UsualPlanes = 5, RareMorePlanes = 6, MinSteps = 3, MaxSteps = 14, TokenBudget = 72, LongTokenBudget = 160;

    private const int CrossingBudget = 48, CrossingSteps = 9;

    // A scene adds several steps or, rarely, none.
    private const int MaxActs = 2 * MaxSteps;

    private static readonly Action<ScheduleDraft>[] AllScenes =
    [
        Scenes.ChangingBatches, Scenes.ShortLives, Scenes.ChunkPrompt, Scenes.PackedPrompts, Scenes.Drafts,
        Scenes.SteadyDrafts, Scenes.KeptState, Scenes.KeptAgain, Scenes.ManyKept, Scenes.SharedPrefix, Scenes.Comeback,
        Scenes.Fork, Scenes.Beams, Scenes.Cancelled,
    ];

    /// <summary>Makes the schedule of a seed: scenes, one after the other.</summary>
    /// <param name="seed">Any number.</param>
    /// <param name="rules">What the schedule keeps to: the limits, whose slots are np, and what the engine declares.</param>
    public static Schedule Generate(ulong seed, ScheduleRules rules)
    {
        var random = new SeededRandom(seed);
        TrafficProfile[] profiles = Enum.GetValues<TrafficProfile>();
        TrafficProfile profile = profiles[random.Next(profiles.Length)];
        int planes = Planes(random, rules);
        if (profile == TrafficProfile.Drafting) planes = Math.Max(planes, Planes(random, rules));
        int budget = profile == TrafficProfile.Prompts || random.Next(5) == 0 ? LongTokenBudget : TokenBudget;
        int steps = MinSteps + random.Next(MaxSteps - MinSteps + 1);

        var draft = new ScheduleDraft(random, rules, planes, budget);
        Play(profile, draft, steps);
        return draft.ToSchedule();
    }

    /// <summary>
    /// Makes a schedule in which axes meet in given ways, one after the other; what is left of an ordinary budget is spent on
    /// scenes.
    /// </summary>
    internal static Schedule Generate(ulong seed, ScheduleRules rules, IReadOnlyList<Crossing> crossings)
    {
        var random = new SeededRandom(seed);
        int planes = Math.Max(crossings.Max(CrossingScene.PlanesFor), Planes(random, rules));
        int budget = CrossingBudget * crossings.Count + CrossingScene.TokensBefore(crossings[0]);
        var draft = new ScheduleDraft(random, rules, planes, budget);
        var prefix = new LongPrefix(draft);
        foreach (Crossing crossing in crossings.TakeWhile(_ => draft.TokensLeft > 0))
        {
            foreach (int sequence in draft.Live) draft.Add(new ClearStep(sequence));
            new CrossingScene(draft, crossing, prefix).Play();
        }

        // A long sequence that is there already is forked for next to nothing.
        Scenes.Beams(draft);
        Play(TrafficProfile.Mixed, draft, CrossingSteps);
        return draft.ToSchedule();
    }

    // Mostly few; the most that there can be are as many as the longest row of drafts needs.
    private static int Planes(SeededRandom random, ScheduleRules rules)
    {
        if (rules.Capabilities.Rollback == RollbackSupport.None) return 1;
        return 1 + random.Next(random.Next(RareMorePlanes) == 0 ? CrossingRules.MaxPlanes : UsualPlanes);
    }

    private static void Play(TrafficProfile profile, ScheduleDraft draft, int steps)
    {
        for (int act = 0; act < MaxActs && draft.StepCount < steps && draft.TokensLeft > 0; act++)
            ActOf(profile, draft)(draft);
    }

    private static Action<ScheduleDraft> ActOf(TrafficProfile profile, ScheduleDraft draft)
    {
        if (draft.OneIn(profile == TrafficProfile.Mixed ? 2 : 4)) return RandomSteps.Play;
        Action<ScheduleDraft>[] scenes = draft.OneIn(4) ? AllScenes : profile switch
        {
            TrafficProfile.Decoding => [Scenes.ChangingBatches],
            TrafficProfile.Churn => [Scenes.ShortLives, Scenes.Cancelled],
            TrafficProfile.Prompts => [Scenes.ChunkPrompt, Scenes.PackedPrompts],
            TrafficProfile.Drafting => [Scenes.Drafts, Scenes.SteadyDrafts],
            TrafficProfile.Caching =>
            [
                Scenes.KeptState, Scenes.KeptAgain, Scenes.ManyKept, Scenes.SharedPrefix, Scenes.Comeback, Scenes.Fork, Scenes.Beams,
            ],
            _ => AllScenes,
        };
        return scenes[draft.Random.Next(scenes.Length)];
    }
}
