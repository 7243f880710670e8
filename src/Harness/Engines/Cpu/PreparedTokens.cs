using Gdn.Harness.Kernels.Calls;
using Gdn.Optimized.Batching;
using Gdn.Optimized.Cpu.Kernels;
using Gdn.Reference.Kernels;
using Gdn.Reference.Operators;

namespace Gdn.Harness.Engines.Cpu;

/// <summary>
/// What a prepared delta scan has besides states, whatever those look like: the inputs and outputs of all tokens in aligned memory, and
/// the sequences that have tokens.
/// </summary>
internal sealed class PreparedTokens : IDisposable
{
    private readonly AlignedBuffer _q, _k, _v, _g, _beta, _decay, _output;

    /// <summary>Lays out a call.</summary>
    public PreparedTokens(in KernelCall call)
    {
        Shape = call.Shape;
        (_q, _k, _v) = (new(call.Q), new(call.K), new(call.V));
        (_g, _beta, _decay) = (new(call.G), new(call.Beta), new(call.G.Length));
        _output = new(Shape.ValueLength);
        KernelShape shape = Shape;
        Live = [.. Enumerable.Range(0, shape.Sequences).Where(n => shape.TokensOf(n) > 0)];
        int[] offsets = shape.Offsets();
        Segments = [.. Live.Select((n, row) => new ScanSegment(offsets[n], offsets[n + 1] - offsets[n], row))];
    }

    /// <summary>The call's shape.</summary>
    public KernelShape Shape { get; }

    /// <summary>The sequences that have tokens.</summary>
    public int[] Live { get; }

    /// <summary>The tokens of each of them; the row is its place among them.</summary>
    public ScanSegment[] Segments { get; }

    /// <summary>Outputs of all tokens.</summary>
    public Span<float> Output => _output.Contents;

    /// <summary>The inputs of a run. The exponential of the gates is part of the op, so each run computes it.</summary>
    public DeltaScanInput Read()
    {
        DeltaGates.Exp(_g.Contents, _decay.Contents);
        DeltaRuleShape rule = Shape.Rule;
        return new DeltaScanInput
        {
            Q = _q.Contents,
            K = _k.Contents,
            V = _v.Contents,
            Decay = _decay.Contents,
            Beta = _beta.Contents,
            KeyStride = rule.KeyHeads * rule.KeyDim,
            ValueStride = rule.ValueHeads * rule.ValueDim,
        };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (AlignedBuffer buffer in (ReadOnlySpan<AlignedBuffer>)[_q, _k, _v, _g, _beta, _decay, _output]) buffer.Dispose();
    }
}
