using Gdn.Reference.Kernels;
using Gdn.Reference.Operators;

namespace Gdn.Harness.Faults.Seamed;

/// <summary>The seamed engine's <see cref="Scan"/> on its own, as a kernel engine.</summary>
internal sealed class ScanKernel(string name, Scan scan) : IKernelEngine
{
    public string Name => name;

    public KernelPrecision Precision => KernelPrecision.AllF32 with { Chunk = scan.ChunkTokens };

    public bool Supports(in KernelShape shape) => !shape.Rule.PerChannelGate;

    public void Run(in KernelCall call)
    {
        KernelShape shape = call.Shape;
        DeltaRuleShape rule = shape.Rule;
        // Chunks cannot tell the state after each token: the tokens whose states are asked for come after them.
        int kept = shape.FilledPlanes, chunked = rule.Tokens - kept, length = rule.StateLength;
        var all = new ScanInput
        {
            Shape = rule with { Tokens = shape.Sequences * rule.Tokens },
            HeadMap = shape.HeadMap,
            Q = call.Q,
            K = call.K,
            V = call.V,
            G = call.G,
            Beta = call.Beta,
        };
        var planes = new float[kept * length];
        for (int n = 0; n < shape.Sequences; n++)
        {
            int first = n * rule.Tokens;
            Span<float> state = call.Pool.Slice(call.Rows[n] * length, length);
            if (chunked > 0)
                scan.Run(
                    chunked == 1 ? ScanPath.Decode : ScanPath.Prefill, continues: true, all.Tokens(first, chunked), state,
                    Outputs(call, first, chunked), []);
            if (kept > 0)
                scan.Run(
                    kept == 1 ? ScanPath.Decode : ScanPath.Verify, continues: true, all.Tokens(first + chunked, kept), state,
                    Outputs(call, first + chunked, kept), planes);
            for (int plane = 0; plane < kept; plane++)
                planes.AsSpan(plane * length, length).CopyTo(call.Snapshots[((plane * shape.Sequences + n) * length)..]);
        }
    }

    public void Dispose()
    {
    }

    private static Span<float> Outputs(in KernelCall call, int first, int count)
    {
        int token = call.Shape.Rule.ValueHeads * call.Shape.Rule.ValueDim;
        return call.Output.Slice(first * token, count * token);
    }
}
