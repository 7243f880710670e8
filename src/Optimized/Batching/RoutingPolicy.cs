namespace Gdn.Optimized.Batching;

/// <summary>
/// The decisions by which the tokens of a batch find the state of their sequence, on any device. Each virtual member is one
/// that real engines got wrong; what stands here is right. A fault overrides one of them. An engine has a policy of its own:
/// it may keep count.
/// </summary>
public class RoutingPolicy
{
    /// <summary>When a compiled plan may be used again; null for the whole signature.</summary>
    public virtual IEqualityComparer<PlanSignature>? PlanKeys => null;

    /// <summary>Whether one sequence alone may run in place where the device can; else it goes through a plan too.</summary>
    public virtual bool RunsInPlace => true;

    /// <summary>Most sequences that are ever added to a pass to pad it; 0 where none are.</summary>
    public virtual int MaxPadding => 0;

    /// <summary>
    /// Whether the engine declares that it may run a batch of several sequences of equal length in several passes.
    /// </summary>
    public virtual bool DeclaresFallbacks => false;

    /// <summary>Whether two sequences that are neighbours by slot are run in different passes.</summary>
    public virtual bool RunsApart(RunSequence previous, RunSequence next) => false;

    /// <summary>Sequences of a pass, padding included.</summary>
    /// <param name="sequences">Those of the batch.</param>
    /// <param name="tokens">Tokens of the longest of them.</param>
    public virtual int PaddedSequences(int sequences, int tokens) => sequences;

    /// <summary>Where a sequence finds its state.</summary>
    /// <param name="right">Where it is.</param>
    /// <param name="sequence">The sequence.</param>
    /// <param name="context">What else there is to know about the pass.</param>
    public virtual SequenceRoute Route(SequenceRoute right, RunSequence sequence, RouteContext context) => right;

    /// <summary>Changes a plan that has just been compiled.</summary>
    public virtual void Compile(BatchPlan plan)
    {
    }

    /// <summary>Changes which tokens and states the delta scans of a pass take.</summary>
    /// <param name="sequences">The sequences of the pass.</param>
    /// <param name="segments">One for each.</param>
    public virtual void Lay(ReadOnlySpan<RunSequence> sequences, Span<ScanSegment> segments)
    {
    }

    /// <summary>Where the hidden states lie that the draft layers pair with a sequence's next token.</summary>
    /// <param name="slot">Its slot.</param>
    /// <param name="plane">The slot's live plane.</param>
    public virtual (int Slot, int Plane) Hidden(int slot, int plane) => (slot, plane);

    /// <summary>Changes which token's hidden state the draft layers pair with each token of a pass.</summary>
    /// <param name="starts">Index of each sequence's first token, and at the end the number of tokens.</param>
    /// <param name="hiddenOf"><see cref="RunLayout.HiddenOf"/>, right so far.</param>
    public virtual void Pair(ReadOnlySpan<int> starts, Span<int> hiddenOf)
    {
    }

    /// <summary>How many of the entries that follow a ring's checkpoint go into the next one.</summary>
    /// <param name="entries">All of them.</param>
    public virtual int Flushed(int entries) => entries;

    /// <summary>What a restore brings to a slot.</summary>
    /// <param name="snapshot">The state that is restored.</param>
    /// <param name="held">What the slot holds before; without keys and values.</param>
    public virtual SlotSnapshot Restored(SlotSnapshot snapshot, Func<SlotSnapshot> held) => snapshot;

    /// <summary>Called when a pass is done.</summary>
    public virtual void Ran(ReadOnlySpan<RunSequence> sequences)
    {
    }
}

/// <summary>What a <see cref="RoutingPolicy"/> may need to know of a pass.</summary>
/// <param name="Index">Index of the sequence in the pass.</param>
/// <param name="Pass">The sequences of the pass, padding included; a buffer that is filled anew for the next one.</param>
/// <param name="Slots">Slots of sequences.</param>
/// <param name="OldestPlane">The oldest plane of the slot that a rollback could still reach.</param>
public readonly record struct RouteContext(int Index, ReadOnlyMemory<RunSequence> Pass, int Slots, int OldestPlane)
{
    /// <summary>Sequences in the pass, padding included.</summary>
    public int Sequences => Pass.Length;

    /// <summary>The ring in which S is kept, if it is kept in one.</summary>
    public RingShape Ring { get; init; }
}
