namespace Gdn.Reference.Batches;

/// <summary>
/// A batch seen as sequences: how many, with how many tokens each, which of them start afresh, and whether the batch
/// can run as one rectangle of <c>n_seqs x n_seq_tokens</c>.
/// </summary>
public sealed class SequenceDecomposition
{
    private readonly int[] _order;
    private readonly SequenceSlice[] _slices;

    private SequenceDecomposition(int[] order, SequenceSlice[] slices, bool contiguous)
    {
        _order = order;
        _slices = slices;
        IsContiguous = contiguous;
        IsUniform = slices.All(slice => slice.Count == slices[0].Count);
    }

    /// <summary>One slice per sequence, in order of first appearance.</summary>
    public ReadOnlySpan<SequenceSlice> Slices => _slices;

    /// <summary>Batch index of every token, grouped by sequence: the tokens of a slice are a range of this.</summary>
    public ReadOnlySpan<int> Order => _order;

    /// <summary>n_seqs.</summary>
    public int SequenceCount => _slices.Length;

    /// <summary>n_seq_tokens; 0 when the sequences differ in length.</summary>
    public int TokensPerSequence => IsUniform && _slices.Length > 0 ? _slices[0].Count : 0;

    /// <summary>Whether the tokens of every sequence lie next to each other.</summary>
    public bool IsContiguous { get; }

    /// <summary>Whether every sequence has the same number of tokens.</summary>
    public bool IsUniform { get; }

    /// <summary>
    /// Whether there are several sequences, interleaved or of different lengths. Engines that cannot run them in one pass
    /// run one whole sequence after the other, which is always right, and slow enough to be counted as a split.
    /// </summary>
    public bool NeedsSplit => SequenceCount > 1 && !(IsContiguous && IsUniform);

    /// <summary>Decomposes a batch that <see cref="BatchValidator"/> has accepted.</summary>
    public static SequenceDecomposition Of(TokenBatch batch)
    {
        var members = new List<List<int>>();
        var indexOf = new Dictionary<int, int>();
        bool contiguous = true;
        ReadOnlySpan<BatchToken> tokens = batch.Tokens;
        for (int i = 0; i < tokens.Length; i++)
        {
            int sequence = tokens[i].Sequence;
            if (!indexOf.TryGetValue(sequence, out int slice))
            {
                indexOf[sequence] = slice = members.Count;
                members.Add([]);
            }
            else
            {
                contiguous &= tokens[i - 1].Sequence == sequence;
            }

            members[slice].Add(i);
        }

        var slices = new SequenceSlice[members.Count];
        int start = 0;
        for (int s = 0; s < slices.Length; s++)
        {
            BatchToken first = tokens[members[s][0]];
            slices[s] = new SequenceSlice(first.Sequence, first.Position, start, members[s].Count);
            start += members[s].Count;
        }

        return new SequenceDecomposition([.. members.SelectMany(m => m)], slices, contiguous);
    }
}
