namespace Gdn.Optimized.Batching;

/// <summary>
/// The routing inputs of a batched pass: which rows of the recurrent state are gathered, which sequences start from zero, and
/// which rows the new states are scattered to. A row is one plane of one slot (<see cref="IDevice"/>). Devices trust it, and
/// never look at the batch.
/// </summary>
/// <remarks>
/// The spans can be written to, for <see cref="RoutingPolicy.Compile"/>. Conv windows and S have rows of their own, since
/// engines route them by separate indices, and have mixed them up.
/// </remarks>
public sealed class BatchPlan
{
    private readonly int[] _convSource, _deltaSource, _convMask, _deltaMask, _convTarget, _deltaTarget, _targetStart;

    /// <summary>Compiles a plan.</summary>
    /// <param name="signature">What it is for; copied.</param>
    /// <param name="planes">P: planes of a slot.</param>
    public BatchPlan(PlanSignature signature, int planes)
    {
        Signature = signature.Detach();
        int sequences = signature.SequenceCount;
        Planes = planes;
        (_convSource, _deltaSource) = (new int[sequences], new int[sequences]);
        (_convMask, _deltaMask) = (new int[sequences], new int[sequences]);
        _targetStart = new int[sequences + 1];
        for (int s = 0; s < sequences; s++)
        {
            SequenceRoute route = signature.Routes[s];
            _convSource[s] = route.Slot * planes + route.ConvPlane;
            _deltaSource[s] = route.Slot * planes + route.DeltaPlane;
            _convMask[s] = _deltaMask[s] = route.Resets ? 0 : 1;
            _targetStart[s + 1] = _targetStart[s] + route.Planes;
            GatheredPlanes = Math.Max(GatheredPlanes, route.Planes);
        }

        _convTarget = new int[_targetStart[sequences]];
        for (int s = 0; s < sequences; s++)
            for (int plane = 0; plane < signature.Routes[s].Planes; plane++)
                _convTarget[_targetStart[s] + plane] = signature.Routes[s].Slot * planes + plane;
        _deltaTarget = [.. _convTarget];
    }

    /// <summary>What the plan was compiled for.</summary>
    public PlanSignature Signature { get; }

    /// <summary>P: planes of a slot.</summary>
    public int Planes { get; }

    /// <summary>Planes that a device needs for each sequence of the pass: the most that any of them leaves.</summary>
    public int GatheredPlanes { get; }

    /// <summary>Row with each sequence's conv window: <c>[n_seqs]</c>.</summary>
    public Span<int> ConvSource => _convSource;

    /// <summary>Row with each sequence's S: <c>[n_seqs]</c>.</summary>
    public Span<int> DeltaSource => _deltaSource;

    /// <summary>0 where a sequence starts from an empty conv window, else 1: <c>[n_seqs]</c>.</summary>
    public Span<int> ConvMask => _convMask;

    /// <summary>0 where a sequence starts from S = 0, else 1: <c>[n_seqs]</c>.</summary>
    public Span<int> DeltaMask => _deltaMask;

    /// <summary>Rows that a sequence's new conv windows are written to, newest first: <c>[planes that it leaves]</c>.</summary>
    public Span<int> ConvTargets(int sequence) => Targets(_convTarget, sequence);

    /// <summary>Rows that a sequence's new S are written to, newest first: <c>[planes that it leaves]</c>.</summary>
    public Span<int> DeltaTargets(int sequence) => Targets(_deltaTarget, sequence);

    private Span<int> Targets(int[] rows, int sequence) =>
        rows.AsSpan(_targetStart[sequence], _targetStart[sequence + 1] - _targetStart[sequence]);
}
