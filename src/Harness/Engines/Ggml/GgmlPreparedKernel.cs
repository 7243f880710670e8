using System.Runtime.InteropServices;
using Gdn.Harness.Kernels.Cases;
using Gdn.Reference.Kernels;
using Gdn.Reference.Operators;

namespace Gdn.Harness.Engines.Ggml;

/// <summary>
/// A graph of the one op <c>ggml_gated_delta_net</c>, its inputs in ggml's buffers and layout. Of each head's state ggml
/// keeps the transpose, key index fastest. Its value heads read key heads in tiled order; for the grouped order models
/// repeat q and k, a head for every value head, and so is it done here.
/// </summary>
internal sealed unsafe class GgmlPreparedKernel : IPreparedKernel
{
    private readonly GgmlApi _api;
    private readonly GgmlBackend _backend;
    private readonly GgmlContext _context;
    private readonly KernelShape _shape;
    private readonly nint _result, _graph, _buffer;

    /// <summary>Lays out a call.</summary>
    public GgmlPreparedKernel(GgmlApi api, GgmlBackend backend, in KernelCall call)
    {
        (_api, _backend, _shape) = (api, backend, call.Shape);
        DeltaRuleShape rule = _shape.Rule;
        bool repeats = _shape.HeadMap == HeadMap.Grouped && rule.KeyHeads < rule.ValueHeads;
        (int dim, int heads, int tokens, int sequences) = (rule.KeyDim, rule.ValueHeads, rule.Tokens, _shape.Sequences);
        int keyHeads = repeats ? heads : rule.KeyHeads;

        _context = new GgmlContext(api);
        nint q = _context.NewTensor(dim, keyHeads, tokens, sequences), k = _context.NewTensor(dim, keyHeads, tokens, sequences);
        nint v = _context.NewTensor(dim, heads, tokens, sequences);
        nint g = _context.NewTensor(rule.PerChannelGate ? dim : 1, heads, tokens, sequences);
        nint beta = _context.NewTensor(1, heads, tokens, sequences);
        nint state = _context.NewTensor(dim, dim, heads, sequences);
        // The state after the last token is the first of the snapshots.
        _result = api.GatedDeltaNet(_context.Handle, q, k, v, g, beta, state, Math.Max(1, _shape.Planes));
        _graph = api.NewGraph(_context.Handle);
        api.BuildForward(_graph, _result);
        _buffer = api.AllocateTensors(_context.Handle, backend.Handle);
        if (_buffer == 0) throw new InvalidOperationException("ggml_backend_alloc_ctx_tensors failed.");

        Upload(q, repeats ? RepeatKeyHeads(rule, call.Q) : call.Q);
        Upload(k, repeats ? RepeatKeyHeads(rule, call.K) : call.K);
        Upload(v, call.V);
        Upload(g, call.G);
        Upload(beta, call.Beta);
        Upload(state, GatherStates(call));
        // What the op leaves unwritten must not pass for a result.
        var unwritten = new float[(int)api.Bytes(_result) / sizeof(float)];
        unwritten.AsSpan(0, _shape.ValueLength).Fill(Poison.Unwritten(CallBuffer.Output).Value);
        unwritten.AsSpan(_shape.ValueLength).Fill(Poison.Unwritten(CallBuffer.Snapshots).Value);
        Upload(_result, unwritten);
    }

    /// <inheritdoc/>
    public void Run()
    {
        int status = _api.Compute(_backend.Handle, _graph);
        if (status != GgmlApi.Success)
            throw new InvalidOperationException($"ggml_backend_graph_compute returned {status}.");
    }

    /// <inheritdoc/>
    public void Store(in KernelCall call)
    {
        int length = _shape.Rule.StateLength;
        Download(0, call.Output);
        var states = new float[Math.Max(1, _shape.FilledPlanes) * _shape.Sequences * length];
        Download(_shape.ValueLength, states);
        for (int n = 0; n < _shape.Sequences; n++)
            Transpose(states.AsSpan(n * length, length), call.Pool.Slice(call.Rows[n] * length, length));
        for (int i = 0; i < _shape.FilledPlanes * _shape.Sequences; i++)
            Transpose(states.AsSpan(i * length, length), call.Snapshots.Slice(i * length, length));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _api.FreeBuffer(_buffer);
        _context.Dispose();
    }

    private float[] GatherStates(in KernelCall call)
    {
        int length = _shape.Rule.StateLength;
        var states = new float[_shape.Sequences * length];
        for (int n = 0; n < _shape.Sequences; n++)
            Transpose(call.Pool.Slice(call.Rows[n] * length, length), states.AsSpan(n * length, length));
        return states;
    }

    // Every head's state of one sequence, either way round: K = V.
    private void Transpose(ReadOnlySpan<float> source, Span<float> target)
    {
        int dim = _shape.Rule.KeyDim, head = dim * dim;
        for (int start = 0; start < source.Length; start += head)
            for (int i = 0; i < dim; i++)
                for (int j = 0; j < dim; j++) target[start + j * dim + i] = source[start + i * dim + j];
    }

    // [n_seqs, T, Hk, K] to [n_seqs, T, Hv, K]
    private static float[] RepeatKeyHeads(in DeltaRuleShape rule, ReadOnlySpan<float> x)
    {
        int dim = rule.KeyDim, tokens = x.Length / (rule.KeyHeads * dim);
        var repeated = new float[tokens * rule.ValueHeads * dim];
        for (int t = 0; t < tokens; t++)
            for (int h = 0; h < rule.ValueHeads; h++)
            {
                int keyHead = HeadMap.Grouped.KeyHeadOf(h, rule.KeyHeads, rule.ValueHeads);
                x.Slice((t * rule.KeyHeads + keyHead) * dim, dim)
                    .CopyTo(repeated.AsSpan((t * rule.ValueHeads + h) * dim));
            }

        return repeated;
    }

    private void Upload(nint tensor, ReadOnlySpan<float> data)
    {
        ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(data);
        if ((nuint)bytes.Length != _api.Bytes(tensor))
            throw new ArgumentException($"A tensor of {_api.Bytes(tensor)} bytes was given {bytes.Length}.");
        fixed (byte* source = bytes) _api.SetTensor(tensor, source, 0, (nuint)bytes.Length);
    }

    private void Download(int offset, Span<float> target)
    {
        Span<byte> bytes = MemoryMarshal.AsBytes(target);
        fixed (byte* to = bytes) _api.GetTensor(_result, to, (nuint)offset * sizeof(float), (nuint)bytes.Length);
    }
}
