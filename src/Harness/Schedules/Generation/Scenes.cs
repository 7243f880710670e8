namespace Gdn.Harness.Schedules.Generation;

/// <summary>
/// Short plays in which engines are known to go wrong. Each leads into its state whatever came before; steps that are not
/// possible, as with a single slot, are left out.
/// </summary>
internal static class Scenes
{
    private static readonly int[] Chunks = [16, 32, 64];

    /// <summary>Batches of single tokens: as many sequences again but others, fewer, the same in another order.</summary>
    public static void ChangingBatches(ScheduleDraft draft)
    {
        int size = 2 + draft.Random.Next(3);
        int[] all = draft.Members(size + 1);
        if (draft.OneIn(2)) draft.Decode(all, 1);
        else foreach (int sequence in all) draft.Decode([sequence], 1);
        int[] first = [.. all.Take(size)], others = [.. all.TakeLast(Math.Min(size, all.Length))];
        if (draft.OneIn(3)) (first, others) = (others, first);
        draft.Decode(first, 1);
        switch (draft.Random.Next(4))
        {
            case 0:
                draft.Decode(first.Take(Math.Max(1, size - 1)), 1);
                break;
            case 1:
                draft.Decode(first.Reverse(), 1);
                break;
            case 2:
                // The middle one pauses: busy slots with a gap.
                draft.Decode(first.Where((_, i) => i != 1), 1);
                break;
            default:
                break;
        }

        draft.Decode(others, 1);
        if (draft.OneIn(2)) draft.Decode(draft.Shuffled(all).Take(size), 1 + draft.Random.Next(2));
    }

    /// <summary>Short sequences come and go on a slot or two beside one that lives on.</summary>
    public static void ShortLives(ScheduleDraft draft)
    {
        int longLived = draft.Live is { Length: > 0 } live ? live[0] : draft.Start(1 + draft.Random.Next(3));
        int lives = 2 + draft.Random.Next(3);
        for (int i = 0; i < lives && draft.TokensLeft > 0; i++)
        {
            if (draft.FreeSlots == 0)
            {
                int[] others = [.. draft.Live.Where(other => other != longLived)];
                if (others.Length == 0) return;
                draft.Add(new ClearStep(draft.Pick(others)));
            }

            int shortLived = draft.NewSequence();
            draft.DecodeBeside(shortLived, draft.OneIn(3) ? 1 : 1 + draft.Random.Next(6), [longLived]);
            if (draft.OneIn(2)) draft.Decode([longLived, shortLived], 1);
            if (draft.OneIn(4)) DraftAndReject(draft, shortLived);
            draft.Add(new ClearStep(shortLived));
            if (draft.OneIn(4)) draft.Add(new ClearStep(shortLived));
            if (draft.OneIn(4)) draft.Decode([longLived], 1);
        }
    }

    /// <summary>A prompt whose length, or whose slices, meet the limits of chunks; others may decode beside it.</summary>
    public static void ChunkPrompt(ScheduleDraft draft)
    {
        int[] fitting = [.. Chunks.Where(c => c == Chunks[0] || 2 * c <= draft.TokensLeft)];
        int chunk = draft.Pick(fitting);
        if (draft.FreeSlots == 0) draft.Add(new ClearStep(draft.Pick(draft.Live)));
        int[] others = draft.OneIn(2) ? draft.Live : [];
        int prompt = draft.NewSequence();
        int[] slices = draft.Random.Next(10) switch
        {
            0 => [chunk - 1],
            1 => [chunk],
            2 => [chunk + 1],
            3 or 8 or 9 => [2 * (2 * chunk + 2 <= draft.TokensLeft ? chunk : Chunks[0]) + 2],
            4 => [1, chunk],
            5 => [chunk, 1 + draft.Random.Next(chunk)],
            6 => [1 + draft.Random.Next(chunk - 1), chunk],
            _ => [1 + draft.Random.Next(chunk - 1), 2 + draft.Random.Next(6), 1],
        };
        // A server wants nothing of a prompt before its last slice.
        bool serving = draft.OneIn(2);
        for (int i = 0; i < slices.Length; i++)
        {
            draft.DecodeBeside(draft.Run(prompt, slices[i]) with { Silent = serving && i < slices.Length - 1 }, others);
            if (draft.OneIn(6)) draft.OtherWork(prompt);
        }

        if (draft.OneIn(8)) draft.Add(new ClearStep(prompt));
        else draft.Decode([prompt], 1);
    }

    /// <summary>Several prompts in one batch, of equal or of different lengths, some of them continued.</summary>
    public static void PackedPrompts(ScheduleDraft draft)
    {
        int[] members = draft.Members(2 + draft.Random.Next(3));
        int length = 2 + draft.Random.Next(7);
        bool ragged = draft.OneIn(2);
        SequenceRun[] runs = [.. members.Select(
            (sequence, i) => draft.Run(sequence, ragged ? 1 + draft.Random.Next(length + i) : length))];
        draft.Add(new DecodeStep(runs, draft.OneIn(4) ? draft.Interleaving(runs) : null));
        draft.Decode(draft.Shuffled(members), 1);
    }

    /// <summary>Drafts are verified, alone or beside others' drafts, and rejected to any depth, once or twice.</summary>
    public static void Drafts(ScheduleDraft draft)
    {
        int drafts = Math.Max(2, draft.Planes);
        // A prompt as long as a batch of drafts, or twice: of one shape, but another mode.
        int first = draft.OneIn(4) ? draft.Start(drafts * (1 + draft.Random.Next(2))) : draft.Existing();
        int[] members = draft.OneIn(3) ? draft.Members(1 + draft.Random.Next(3)) : [first];
        int rounds = 1 + draft.Random.Next(3);
        for (int round = 0; round < rounds && draft.TokensLeft > 0; round++)
        {
            draft.Decode(members, draft.Random.Next(8) switch { 0 => drafts + 1, 1 => 2 * drafts, _ => drafts });
            foreach (int sequence in members)
            {
                Reject(draft, sequence);
                if (draft.OneIn(2)) Reject(draft, sequence);
                if (draft.OneIn(8)) KeepAndReturn(draft, sequence);
            }

            // No draft this time.
            if (draft.OneIn(2)) draft.Decode(draft.OneIn(3) ? [draft.Pick(members)] : members, 1);
        }
    }

    /// <summary>The same sequences verify round after round, each with drafts of a number of its own, which now and then changes.</summary>
    public static void SteadyDrafts(ScheduleDraft draft)
    {
        int[] members = draft.Members(2 + draft.Random.Next(3));
        int most = Math.Max(2, draft.Planes);
        int[] lengths = [.. members.Select(_ => 1 + draft.Random.Next(most))];
        int rounds = 2 + draft.Random.Next(3);
        for (int round = 0; round < rounds && draft.TokensLeft > 0; round++)
        {
            draft.Add(new DecodeStep([.. members.Select((sequence, i) => draft.Run(sequence, lengths[i]))]));
            foreach (int sequence in members)
            {
                if (!draft.OneIn(3)) Reject(draft, sequence);
                if (draft.OneIn(3)) Reject(draft, sequence);
            }

            lengths[draft.Random.Next(lengths.Length)] = 1 + draft.Random.Next(most);
        }

        draft.Decode(members, 1);
    }

    /// <summary>A state is kept, other work follows, and it comes back: in place, over another, or on another slot.</summary>
    public static void KeptState(ScheduleDraft draft)
    {
        int sequence = draft.OneIn(2) ? draft.Existing() : draft.Start(draft.OneIn(3) ? 16 : 1 + draft.Random.Next(9));
        if (draft.OneIn(4)) DraftAndReject(draft, sequence);
        KeepAndReturn(draft, sequence);
    }

    /// <summary>More states are kept than some stores have room for, and an old one comes back.</summary>
    public static void ManyKept(ScheduleDraft draft)
    {
        int sequence = draft.Existing(), count = 3 + draft.Random.Next(7);
        var kept = new int[count];
        for (int i = 0; i < count; i++)
        {
            kept[i] = draft.Keep(sequence);
            draft.Decode([sequence], 1);
            if (draft.OneIn(3)) sequence = draft.Existing();
        }

        int target = draft.FreeSlots > 0 && draft.OneIn(2) ? draft.NewSequence() : sequence;
        draft.Add(new RestoreStep(target, draft.OneIn(2) ? kept[0] : draft.Pick(kept)));
        draft.Decode([target], 1 + draft.Random.Next(2));
    }

    /// <summary>A prompt begins like a former one, which may be gone, and goes on otherwise.</summary>
    public static void SharedPrefix(ScheduleDraft draft)
    {
        // As a server asks: what comes from a cache can have no logits.
        bool serving = !draft.OneIn(3);
        SequenceRun former = draft.Run(draft.Start(1), 3 + draft.Random.Next(14), restart: true);
        draft.Add(new DecodeStep([former], LastOnly: serving));
        if (draft.OneIn(2)) draft.Decode([former.Sequence], 1 + draft.Random.Next(3));
        if (draft.FreeSlots == 0 || draft.OneIn(3)) draft.Add(new ClearStep(former.Sequence));
        int shared = former.Tokens.Count - draft.Random.Next(former.Tokens.Count);
        SequenceRun prompt = draft.Run(draft.NewSequence(), 1 + draft.Random.Next(former.Tokens.Count));
        prompt = prompt with { Tokens = [.. former.Tokens.Take(shared), .. prompt.Tokens] };
        IEnumerable<int> others = draft.OneIn(2) ? draft.Live : [];
        draft.Add(new DecodeStep([prompt, .. others.Select(other => draft.Run(other, 1))], LastOnly: serving));
        draft.Decode([prompt.Sequence], 1 + draft.Random.Next(2));
    }

    /// <summary>A sequence is kept, goes back and reaches the same position with other tokens, and is kept again.</summary>
    public static void KeptAgain(ScheduleDraft draft)
    {
        int sequence = draft.Existing();
        draft.Decode([sequence], Math.Max(2, draft.Planes));
        draft.Keep(sequence);
        int position = draft.Position(sequence), back = draft.RollbackLimit(sequence);
        if (back > 0 && !draft.OneIn(3))
        {
            draft.Add(new RollbackStep(sequence, back));
            draft.Decode([sequence], back);
        }
        else
        {
            draft.Add(new ClearStep(sequence));
            draft.Decode([sequence], position);
        }

        int kept = draft.Keep(sequence);
        draft.Decode([sequence], 1);
        draft.Add(new RestoreStep(sequence, kept));
        draft.Decode([sequence], 1 + draft.Random.Next(2));
    }

    /// <summary>Sequence A leaves its slot to B and takes it back from a snapshot.</summary>
    public static void Comeback(ScheduleDraft draft)
    {
        int a = draft.Existing();
        int kept = draft.Keep(a);
        if (draft.OneIn(2)) draft.Decode([a], 1);
        draft.Add(new ClearStep(a));
        int b = draft.Start(1 + draft.Random.Next(5));
        if (!draft.OneIn(3)) DraftAndReject(draft, b);
        draft.Add(new ClearStep(b));
        int back = draft.OneIn(2) ? a : draft.NewSequence();
        draft.Add(new RestoreStep(back, kept));
        draft.Decode([back], 1 + draft.Random.Next(3));
    }

    /// <summary>A state is forked, and both go on, in one batch or one after the other.</summary>
    public static void Fork(ScheduleDraft draft)
    {
        int source = draft.Existing();
        if (draft.OneIn(3)) DraftAndReject(draft, source);
        int[] others = [.. draft.Live.Where(other => other != source)];
        int fork = others.Length > 0 && (draft.FreeSlots == 0 || draft.OneIn(2)) ? draft.Pick(others) : draft.NewSequence();
        if (!draft.Add(new CopyStep(source, fork))) return;
        // A fork that is copied only when it runs gets what its source has become.
        if (draft.OneIn(2)) draft.Decode([source], 1 + draft.Random.Next(2));
        if (draft.OneIn(3)) draft.Decode([fork], 1);
        if (draft.OneIn(4)) draft.Add(new ClearStep(source));
        else draft.Decode([source, fork], 1 + draft.Random.Next(3));
        draft.Decode([fork], 1);
    }

    /// <summary>As beam search does: two continuations of the longest sequence, of which the loser is overwritten by the winner.</summary>
    public static void Beams(ScheduleDraft draft)
    {
        if (draft.Live.Length == 0) return;
        int first = draft.Live.MaxBy(draft.Position);
        int[] others = [.. draft.Live.Where(other => other != first)];
        if (others.Length == 0 && draft.FreeSlots == 0) return;
        int second = draft.FreeSlots > 0 ? draft.NewSequence() : draft.Pick(others);
        if (!draft.Add(new CopyStep(first, second))) return;
        for (int round = 1 + draft.Random.Next(2); round > 0; round--)
        {
            draft.Decode([first, second], 1 + draft.Random.Next(3));
            draft.Add(draft.OneIn(2) ? new CopyStep(first, second) : new CopyStep(second, first));
        }

        draft.Decode([first, second], 1);
    }

    /// <summary>Work that is given up: a fork or a prompt left half way, or a refused batch.</summary>
    public static void Cancelled(ScheduleDraft draft)
    {
        if (draft.OneIn(3))
        {
            // A copy that comes late must not land on the next tenant.
            int source = draft.Existing(), fork = draft.NewSequence();
            draft.Add(new CopyStep(source, fork));
            draft.Add(new ClearStep(fork));
            draft.Start(1 + draft.Random.Next(3));
            draft.Decode(draft.Live, 1);
            return;
        }

        int[] members = draft.Members(1 + draft.Random.Next(3));
        if (draft.OneIn(2))
        {
            SequenceRun[] runs = [.. members.Select(sequence => draft.Run(sequence, 1 + draft.Random.Next(4)))];
            draft.Add(new RefusedStep([.. runs[..^1], runs[^1] with { Tokens = [.. runs[^1].Tokens, RefusedStep.NoToken] }]));
            draft.Decode(members, 1);
        }
        else
        {
            int prompt = draft.Start(3 + draft.Random.Next(6));
            draft.Decode([prompt], 2 + draft.Random.Next(4));
            draft.Add(new ClearStep(prompt));
            draft.DecodeBeside(draft.NewSequence(), draft.OneIn(3) ? 1 : 2 + draft.Random.Next(4), draft.Live);
        }
    }

    private static void Reject(ScheduleDraft draft, int sequence)
    {
        int limit = draft.RollbackLimit(sequence);
        int count = limit == 0 ? 0 : draft.OneIn(4) ? limit : draft.Random.Next(limit + 1);
        if (count > 0) draft.Add(new RollbackStep(sequence, count));
    }

    // With one plane there is nothing to reject.
    private static void DraftAndReject(ScheduleDraft draft, int sequence)
    {
        draft.Decode([sequence], Math.Max(2, draft.Planes));
        int limit = draft.RollbackLimit(sequence);
        if (limit > 0) draft.Add(new RollbackStep(sequence, 1 + draft.Random.Next(limit)));
    }

    private static void KeepAndReturn(ScheduleDraft draft, int sequence)
    {
        int kept = draft.Keep(sequence);
        if (!draft.OneIn(4)) draft.Decode([sequence], 1 + draft.Random.Next(4));
        if (draft.OneIn(3)) Reject(draft, sequence);
        if (draft.OneIn(2)) draft.OtherWork(sequence);
        int target = sequence;
        switch (draft.Random.Next(4))
        {
            case 0:
                // Released, and its slot taken by another, before it comes back.
                draft.Add(new ClearStep(sequence));
                if (draft.OneIn(2)) draft.Start(1 + draft.Random.Next(3));
                if (draft.OneIn(2)) target = draft.NewSequence();
                break;
            case 1:
                int[] others = [.. draft.Live.Where(other => other != sequence)];
                if (others.Length > 0) target = draft.Pick(others);
                break;
            case 2:
                if (draft.FreeSlots > 0) target = draft.NewSequence();
                break;
            default:
                break;
        }

        draft.Add(new RestoreStep(target, kept));
        if (draft.OneIn(3)) draft.OtherWork(target);
        draft.Decode([target], 1 + draft.Random.Next(3));
        if (!draft.OneIn(3)) return;
        draft.Add(new RestoreStep(target, kept));
        draft.Decode([target], 1);
    }
}
