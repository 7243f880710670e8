using Gdn.Reference.Batches;

namespace Gdn.Optimized.Batching;

/// <summary>One sequence of a run.</summary>
/// <param name="Slot">Its state slot.</param>
/// <param name="FirstPosition">Position of its first token in the run.</param>
/// <param name="OrderStart">Index of that token in <see cref="SequenceDecomposition.Order"/>.</param>
internal readonly record struct RunSequence(int Slot, int FirstPosition, int OrderStart);

/// <summary>
/// The tokens of one run as a rectangle <c>[n_seqs, n_seq_tokens]</c>, sequences by ascending slot, and where each of them
/// stands in the batch. Slots belong to the plan; this permutation belongs to the call. Buffers are used again.
/// </summary>
internal sealed class RunLayout
{
    private readonly RunSequence[] _sequences;
    private readonly int[] _batchIndex;
    private readonly SequenceRoute[] _routes;

    public RunLayout(int maxSequences, int maxTokens)
    {
        _sequences = new RunSequence[maxSequences];
        _routes = new SequenceRoute[maxSequences];
        _batchIndex = new int[maxTokens];
    }

    /// <summary>n_seqs.</summary>
    public int SequenceCount { get; private set; }

    /// <summary>n_seq_tokens.</summary>
    public int TokensPerSequence { get; private set; }

    /// <summary>n_seqs * n_seq_tokens.</summary>
    public int TokenCount => SequenceCount * TokensPerSequence;

    /// <summary>The sequences, slots ascending.</summary>
    public ReadOnlySpan<RunSequence> Sequences => _sequences.AsSpan(0, SequenceCount);

    /// <summary>Batch index of each token of the rectangle.</summary>
    public ReadOnlySpan<int> BatchIndex => _batchIndex.AsSpan(0, TokenCount);

    /// <summary>Lays out slices of equal length.</summary>
    /// <param name="decomposition">The batch.</param>
    /// <param name="slices">Which of its slices.</param>
    /// <param name="slots">Knows the slot of each.</param>
    public void Set(SequenceDecomposition decomposition, ReadOnlySpan<SequenceSlice> slices, SlotMap slots)
    {
        SequenceCount = slices.Length;
        TokensPerSequence = slices[0].Count;
        Span<RunSequence> sequences = _sequences.AsSpan(0, SequenceCount);
        for (int s = 0; s < slices.Length; s++)
            sequences[s] = new RunSequence(slots.Find(slices[s].Sequence), slices[s].FirstPosition, slices[s].Start);
        sequences.Sort(static (a, b) => a.Slot.CompareTo(b.Slot));
        for (int s = 0; s < sequences.Length; s++)
            decomposition.Order.Slice(sequences[s].OrderStart, TokensPerSequence)
                .CopyTo(_batchIndex.AsSpan(s * TokensPerSequence));
    }

    /// <summary>What a plan for this run bakes in; looks at a buffer of this layout.</summary>
    /// <param name="livePlane">The plane that each slot reads.</param>
    /// <param name="planes">Planes per slot.</param>
    public PlanSignature Signature(ReadOnlySpan<int> livePlane, int planes)
    {
        for (int s = 0; s < SequenceCount; s++)
        {
            RunSequence sequence = _sequences[s];
            _routes[s] = new SequenceRoute(sequence.Slot, livePlane[sequence.Slot], sequence.FirstPosition == 0);
        }

        return new PlanSignature(TokensPerSequence, planes, _routes.AsMemory(0, SequenceCount));
    }
}
