using Gdn.Reference.Batches;

namespace Gdn.Optimized.Batching;

/// <summary>
/// The tokens of one pass, sequence after sequence, by ascending slot: what they are, where each stands in its sequence, and
/// where its logits go. Slots belong to the plan; this order belongs to the call. Buffers are used again for every pass.
/// </summary>
public sealed class RunLayout
{
    private readonly RunSequence[] _sequences;
    private readonly SequenceRoute[] _routes;
    private readonly ScanSegment[] _segments;
    private readonly int[] _starts, _tokens, _positions, _outputRows, _convSeqMap, _hiddenRows, _hiddenOf;

    internal RunLayout(int maxSequences, int maxTokens)
    {
        _sequences = new RunSequence[maxSequences];
        _routes = new SequenceRoute[maxSequences];
        _segments = new ScanSegment[maxSequences];
        _starts = new int[maxSequences + 1];
        _tokens = new int[maxTokens];
        _positions = new int[maxTokens];
        _outputRows = new int[maxTokens];
        _convSeqMap = new int[maxTokens];
        _hiddenRows = new int[maxSequences];
        _hiddenOf = new int[maxTokens];
    }

    /// <summary>n_seqs.</summary>
    public int SequenceCount { get; private set; }

    /// <summary>n_tokens, of all sequences together.</summary>
    public int TokenCount => _starts[SequenceCount];

    /// <summary>The sequences.</summary>
    public ReadOnlySpan<RunSequence> Sequences => _sequences.AsSpan(0, SequenceCount);

    /// <summary>
    /// Index of each sequence's first token, and at the end the number of tokens (<c>cu_seqlens</c>): <c>[n_seqs + 1]</c>.
    /// </summary>
    public ReadOnlySpan<int> Starts => _starts.AsSpan(0, SequenceCount + 1);

    /// <summary>Where each sequence finds its recurrent state: <c>[n_seqs]</c>.</summary>
    public ReadOnlySpan<SequenceRoute> Routes => _routes.AsSpan(0, SequenceCount);

    /// <summary>What each sequence's delta scan covers: <c>[n_seqs]</c>.</summary>
    public ReadOnlySpan<ScanSegment> Segments => _segments.AsSpan(0, SequenceCount);

    /// <summary>Whether every sequence has the same number of tokens, and scans its own.</summary>
    public bool IsRectangle { get; private set; }

    /// <summary>Token ids: <c>[n_tokens]</c>.</summary>
    public ReadOnlySpan<int> Tokens => _tokens.AsSpan(0, TokenCount);

    /// <summary>Position of each token in its sequence: <c>[n_tokens]</c>.</summary>
    public ReadOnlySpan<int> Positions => _positions.AsSpan(0, TokenCount);

    /// <summary>Row of the batch's logits that each token fills, or -1: <c>[n_tokens]</c>.</summary>
    public ReadOnlySpan<int> OutputRows => _outputRows.AsSpan(0, TokenCount);

    /// <summary>Index of each token's sequence: <c>[n_tokens]</c>.</summary>
    public ReadOnlySpan<int> ConvSeqMap => _convSeqMap.AsSpan(0, TokenCount);

    /// <summary>
    /// Row with the hidden states that the draft layers pair with each sequence's next token, unless it starts: <c>[n_seqs]</c>.
    /// </summary>
    public ReadOnlySpan<int> HiddenRows => _hiddenRows.AsSpan(0, SequenceCount);

    /// <summary>
    /// Index of the token whose hidden state the draft layers pair with each token, which is the one before it in its sequence;
    /// -1 where that is not in this pass: <c>[n_tokens]</c>.
    /// </summary>
    public ReadOnlySpan<int> HiddenOf => _hiddenOf.AsSpan(0, TokenCount);

    /// <summary>Lays out sequences of a batch.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="order">Batch index of every token, grouped by sequence.</param>
    /// <param name="outputRows">Row of logits of each batch token, or -1.</param>
    /// <param name="sequences">The sequences, slots ascending.</param>
    internal void Set(TokenBatch batch, ReadOnlySpan<int> order, ReadOnlySpan<int> outputRows, ReadOnlySpan<RunSequence> sequences)
    {
        Clear();
        foreach (RunSequence sequence in sequences)
        {
            int start = Append(sequence);
            for (int i = 0; i < sequence.Count; i++)
            {
                int index = order[sequence.OrderStart + i];
                _tokens[start + i] = batch.Tokens[index].Token;
                _positions[start + i] = sequence.FirstPosition + i;
                _outputRows[start + i] = outputRows[index];
            }
        }
    }

    /// <summary>Adds a sequence of one token whose logits nobody wants.</summary>
    internal void Pad(int slot) => Add(new RunSequence(Sequence: -1, slot, FirstPosition: 0, Count: 1), token: 0, outputRow: -1);

    /// <summary>Takes all sequences out.</summary>
    internal void Clear()
    {
        SequenceCount = 0;
        IsRectangle = true;
    }

    /// <summary>Adds a sequence of one token that is drafted on from.</summary>
    /// <param name="sequence">The sequence.</param>
    /// <param name="token">The token.</param>
    /// <param name="outputRow">Row of its logits.</param>
    /// <param name="hiddenRow">Row with the hidden states that the draft layers go on from.</param>
    internal void AddDraft(RunSequence sequence, int token, int outputRow, int hiddenRow)
    {
        _hiddenRows[SequenceCount] = hiddenRow;
        Add(sequence, token, outputRow);
    }

    /// <summary>Sets the routes, and lets a policy change what the scans cover.</summary>
    internal void Route(RoutingPolicy policy, SlotTable slots, int planes, RingShape? ring)
    {
        for (int s = 0; s < SequenceCount; s++)
        {
            RunSequence sequence = _sequences[s];
            bool pads = sequence.Sequence < 0;
            int live = pads ? 0 : slots.LivePlane[sequence.Slot];
            var right = new SequenceRoute(
                sequence.Slot, live, live, !pads && sequence.FirstPosition == 0, sequence.Count, Math.Min(sequence.Count, planes))
            {
                Ring = ring?.At(sequence.FirstPosition) ?? default,
            };
            var context = new RouteContext(
                s, _sequences.AsMemory(0, SequenceCount), slots.Map.Count, pads ? 0 : live + slots.RollbackLimit(sequence.Slot))
            {
                Ring = ring ?? default,
            };
            _routes[s] = policy.Route(right, sequence, context);
            _segments[s] = new ScanSegment(_starts[s], sequence.Count, s);
            (int slot, int plane) = policy.Hidden(sequence.Slot, live);
            _hiddenRows[s] = slot * planes + plane;
            for (int t = _starts[s]; t < _starts[s + 1]; t++) _hiddenOf[t] = t == _starts[s] ? -1 : t - 1;
        }

        policy.Pair(Starts, _hiddenOf.AsSpan(0, TokenCount));

        policy.Lay(Sequences, _segments.AsSpan(0, SequenceCount));
        for (int s = 0; s < SequenceCount && IsRectangle; s++)
            IsRectangle = _segments[s] == new ScanSegment(_starts[s], _sequences[0].Count, s);
    }

    /// <summary>What a plan for this pass bakes in; looks at a buffer of this layout.</summary>
    internal PlanSignature Signature => new(_routes.AsMemory(0, SequenceCount));

    private void Add(RunSequence sequence, int token, int outputRow)
    {
        int start = Append(sequence);
        (_tokens[start], _positions[start], _outputRows[start]) = (token, sequence.FirstPosition, outputRow);
    }

    private int Append(RunSequence sequence)
    {
        int s = SequenceCount++, start = s == 0 ? 0 : _starts[s];
        _sequences[s] = sequence;
        _starts[s + 1] = start + sequence.Count;
        _convSeqMap.AsSpan(start, sequence.Count).Fill(s);
        return start;
    }
}
