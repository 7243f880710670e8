namespace Gdn.Harness.Schedules.Generation;

/// <summary>A long prompt that several scenes of a schedule begin with: computed once, kept, and brought back.</summary>
/// <param name="draft">The schedule.</param>
internal sealed class LongPrefix(ScheduleDraft draft)
{
    // What is shorter is computed anew, and so much of the rest, so that scenes differ.
    private const int Least = 48, Rest = 24;

    private int _kept = -1, _position;

    /// <summary>Brings a sequence that does not exist to a position; nobody asks for logits before it.</summary>
    public void Carry(int sequence, int position)
    {
        if (_kept >= 0 && _position < position)
        {
            draft.Add(new RestoreStep(sequence, _kept));
        }
        else if (position >= Least)
        {
            Decode(sequence, position - Rest);
            _position = draft.Position(sequence);
            int kept = draft.Keep(sequence);
            if (draft.Snapshots.Contains(kept)) _kept = kept;
        }

        Decode(sequence, position - draft.Position(sequence));
    }

    // In one batch or two, cut anywhere.
    private void Decode(int sequence, int tokens)
    {
        int cut = tokens > 1 && draft.OneIn(2) ? draft.Random.Next(tokens) : 0;
        foreach (int slice in new[] { cut, tokens - cut })
            if (slice > 0) draft.Add(new DecodeStep([draft.Run(sequence, slice)], LastOnly: true));
    }
}
