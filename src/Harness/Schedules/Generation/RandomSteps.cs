namespace Gdn.Harness.Schedules.Generation;

/// <summary>Steps without a plan: whatever is possible may come next.</summary>
internal static class RandomSteps
{
    // 1 is decoding; the others surround the widths of vectors, conv windows and chunks at which code paths change.
    private static readonly int[] PrefillLengths = [1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65];

    /// <summary>Adds one step, mostly a batch.</summary>
    public static void Play(ScheduleDraft draft)
    {
        int[] live = draft.Live;
        int die = live.Length == 0 ? 0 : draft.Random.Next(100);
        switch (die)
        {
            case < 60:
                draft.Add(Batch(draft, live));
                break;
            case < 70:
                draft.Add(new ClearStep(draft.Pick(live)));
                break;
            case < 76:
                draft.Add(new CopyStep(draft.Pick(live), draft.OneIn(2) ? draft.Pick(live) : draft.NewSequence()));
                break;
            case < 83:
                draft.Keep(draft.Pick(live));
                break;
            case < 91:
                if (draft.Snapshots is { Length: > 0 } kept)
                    draft.Add(new RestoreStep(draft.OneIn(2) ? draft.Pick(live) : draft.NewSequence(), draft.Pick(kept)));
                break;
            default:
                int sequence = draft.Pick(live), limit = draft.RollbackLimit(sequence);
                if (limit > 0) draft.Add(new RollbackStep(sequence, 1 + draft.Random.Next(limit)));
                break;
        }
    }

    private static DecodeStep Batch(ScheduleDraft draft, int[] live)
    {
        SeededRandom random = draft.Random;
        int fresh = Math.Min(draft.FreeSlots, live.Length == 0 ? 1 + random.Next(3) : Geometric(draft));
        IEnumerable<int> members = live.Length > 1 && draft.OneIn(2) ? Subset(draft, live) : live;
        int[] order = [.. members, .. Enumerable.Range(0, fresh).Select(_ => draft.NewSequence())];
        if (draft.OneIn(3)) random.Shuffle<int>(order);

        int common = random.Next(5) switch
        {
            0 or 1 => 1,
            2 => 1 + random.Next(draft.Planes + 1),
            _ => Length(draft, order.Length),
        };
        bool ragged = draft.OneIn(3);
        SequenceRun[] runs = [.. order.Select(sequence => draft.Run(
            sequence,
            !ragged ? common : draft.OneIn(2) ? 1 : Length(draft, order.Length),
            restart: draft.Position(sequence) > 0 && draft.OneIn(8)) with { Silent = draft.OneIn(12) })];

        int[]? interleaving = runs.Length > 1 && draft.OneIn(4) ? draft.Interleaving(runs) : null;
        return new DecodeStep(runs, interleaving, LastOnly: draft.OneIn(4));
    }

    // Mostly short, so that many sequences and steps fit the budget.
    private static int Length(ScheduleDraft draft, int sequences)
    {
        int most = Math.Max(1, draft.TokensLeft / sequences);
        int choices = PrefillLengths.Count(length => length <= most);
        return PrefillLengths[Math.Min(draft.Random.Next(choices), draft.Random.Next(choices))];
    }

    private static int[] Subset(ScheduleDraft draft, int[] members)
    {
        int[] subset = [.. members.Where(_ => !draft.OneIn(3))];
        return subset.Length > 0 ? subset : [draft.Pick(members)];
    }

    private static int Geometric(ScheduleDraft draft)
    {
        int n = 0;
        while (n < 3 && draft.OneIn(3)) n++;
        return n;
    }
}
