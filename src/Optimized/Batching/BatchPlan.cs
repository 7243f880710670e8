namespace Gdn.Optimized.Batching;

/// <summary>
/// The routing inputs of a batched run: which rows of the state pool are gathered, which start from zero, which window
/// each token's convolution begins with, and which rows the new states are scattered to. A row is one plane of one slot.
/// </summary>
public sealed class BatchPlan
{
    private readonly int[] _stateRowIdx, _stateMask, _convSeqMap, _targetRowIdx;

    /// <summary>Compiles a plan.</summary>
    /// <param name="signature">What it is for; copied.</param>
    public BatchPlan(PlanSignature signature)
    {
        Signature = signature.Detach();
        int sequences = signature.SequenceCount, tokens = signature.TokensPerSequence;
        WrittenPlanes = Math.Min(tokens, signature.Planes);
        _stateRowIdx = new int[sequences];
        _stateMask = new int[sequences];
        _convSeqMap = new int[sequences * tokens];
        _targetRowIdx = new int[sequences * WrittenPlanes];
        for (int s = 0; s < sequences; s++)
        {
            (int slot, int livePlane, bool resets) = signature.Routes[s];
            _stateRowIdx[s] = slot * signature.Planes + livePlane;
            _stateMask[s] = resets ? 0 : 1;
            _convSeqMap.AsSpan(s * tokens, tokens).Fill(s);
            for (int plane = 0; plane < WrittenPlanes; plane++)
                _targetRowIdx[s * WrittenPlanes + plane] = slot * signature.Planes + plane;
        }
    }

    /// <summary>What the plan was compiled for.</summary>
    public PlanSignature Signature { get; }

    /// <summary>Planes that the run leaves per sequence, newest first: <c>min(n_seq_tokens, planes)</c>.</summary>
    public int WrittenPlanes { get; }

    /// <summary>Row that each sequence reads: <c>[n_seqs]</c>.</summary>
    public ReadOnlySpan<int> StateRowIdx => _stateRowIdx;

    /// <summary>0 where a sequence starts from a zero state, else 1: <c>[n_seqs]</c>.</summary>
    public ReadOnlySpan<int> StateMask => _stateMask;

    /// <summary>Index of each token's sequence among the gathered rows: <c>[n_seqs * n_seq_tokens]</c>.</summary>
    public ReadOnlySpan<int> ConvSeqMap => _convSeqMap;

    /// <summary>Row that each new state is written to: <c>[n_seqs, WrittenPlanes]</c>.</summary>
    public ReadOnlySpan<int> TargetRowIdx => _targetRowIdx;
}
