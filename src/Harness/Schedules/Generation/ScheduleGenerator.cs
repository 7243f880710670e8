using Gdn.Reference.Engines;

namespace Gdn.Harness.Schedules.Generation;

/// <summary>
/// Random schedules: scenes in which engines are known to go wrong, and steps without a plan between them. The same seed
/// makes the same schedule, everywhere and for good.
/// </summary>
public static class ScheduleGenerator
{
    private const int MaxPlanes = 4, MinSteps = 3, MaxSteps = 14, TokenBudget = 72, LongTokenBudget = 160;

    // A scene adds several steps or, rarely, none.
    private const int MaxActs = 2 * MaxSteps;

    private static readonly Action<ScheduleDraft>[] AllScenes =
    [
        Scenes.ChangingBatches, Scenes.ShortLives, Scenes.ChunkPrompt, Scenes.PackedPrompts, Scenes.Drafts,
        Scenes.KeptState, Scenes.KeptAgain, Scenes.ManyKept, Scenes.SharedPrefix, Scenes.Comeback, Scenes.Fork, Scenes.Cancelled,
    ];

    /// <summary>Makes the schedule of a seed.</summary>
    /// <param name="seed">Any number.</param>
    /// <param name="rules">What the schedule keeps to: the limits, whose slots are np, and what the engine declares.</param>
    public static Schedule Generate(ulong seed, ScheduleRules rules)
    {
        var random = new SeededRandom(seed);
        TrafficProfile[] profiles = Enum.GetValues<TrafficProfile>();
        TrafficProfile profile = profiles[random.Next(profiles.Length)];
        int planes = 1 + random.Next(MaxPlanes);
        if (profile == TrafficProfile.Drafting) planes = Math.Max(2, Math.Max(planes, 1 + random.Next(MaxPlanes)));
        if (rules.Capabilities.Rollback == RollbackSupport.None) planes = 1;
        int budget = profile == TrafficProfile.Prompts || random.Next(5) == 0 ? LongTokenBudget : TokenBudget;
        int steps = MinSteps + random.Next(MaxSteps - MinSteps + 1);

        var draft = new ScheduleDraft(random, rules, planes, budget);
        for (int act = 0; act < MaxActs && draft.StepCount < steps && draft.TokensLeft > 0; act++)
            ActOf(profile, draft)(draft);
        return draft.ToSchedule();
    }

    private static Action<ScheduleDraft> ActOf(TrafficProfile profile, ScheduleDraft draft)
    {
        if (draft.OneIn(profile == TrafficProfile.Mixed ? 2 : 4)) return RandomSteps.Play;
        Action<ScheduleDraft>[] scenes = draft.OneIn(4) ? AllScenes : profile switch
        {
            TrafficProfile.Decoding => [Scenes.ChangingBatches],
            TrafficProfile.Churn => [Scenes.ShortLives, Scenes.Cancelled],
            TrafficProfile.Prompts => [Scenes.ChunkPrompt, Scenes.PackedPrompts],
            TrafficProfile.Drafting => [Scenes.Drafts],
            TrafficProfile.Caching =>
                [Scenes.KeptState, Scenes.KeptAgain, Scenes.ManyKept, Scenes.SharedPrefix, Scenes.Comeback, Scenes.Fork],
            _ => AllScenes,
        };
        return scenes[draft.Random.Next(scenes.Length)];
    }
}
