using Gdn.Optimized.Cuda.Accelerators;
using Gdn.Optimized.Cuda.Kernels;
using Gdn.Reference.Kernels;
using Gdn.Reference.Operators;
using ILGPU;
using ILGPU.Runtime;

namespace Gdn.Harness.Engines.Cuda;

/// <summary>
/// A call in device memory. Snapshots lie in rows of the pool behind those of the call; the newest is a copy of the row that
/// the sequence itself keeps. A second run starts from the states that the first one left.
/// </summary>
internal sealed class CudaPreparedKernel : IPreparedKernel
{
    private const float Epsilon = 1e-6f;

    private readonly KernelShape _shape;
    private readonly Gpu _gpu;
    private readonly List<IDisposable> _buffers = [];
    private readonly ArrayView<float> _rawQ, _q, _rawK, _k, _v, _gates, _decay, _rawBeta, _beta, _negativeA, _bias, _pool, _output;
    private readonly ArrayView<PassSequence> _sequences;
    private readonly ArrayView<int> _targets;
    private readonly int[] _rows;
    private readonly int _longest;

    /// <summary>Sends a call to the device.</summary>
    public CudaPreparedKernel(in KernelCall call, Gpu gpu)
    {
        (_shape, _gpu) = (call.Shape, gpu);
        _rows = call.Rows.ToArray();
        (_rawQ, _rawK, _v) = (Upload(call.Q), Upload(call.K), Upload(call.V));
        (_q, _k) = RawKeys ? (Take(call.Q.Length), Take(call.K.Length)) : (_rawQ, _rawK);
        (_gates, _rawBeta) = (Upload(call.G), Upload(call.Beta));
        (_decay, _beta) = (Take(call.G.Length), Take(call.Beta.Length));
        var negativeA = new float[call.ALog.Length];
        for (int i = 0; i < negativeA.Length; i++) negativeA[i] = -MathF.Exp(call.ALog[i]);
        (_negativeA, _bias) = (Upload<float>(negativeA), Upload(call.TimeStepBias));
        _output = Take(_shape.ValueLength);
        _pool = Take(call.Pool.Length + _shape.SnapshotLength);
        _pool.SubView(0, call.Pool.Length).CopyFromCPU(Stream, (ReadOnlySpan<float>)call.Pool);

        int planes = Math.Max(1, _shape.Planes);
        int[] offsets = _shape.Offsets(), targets = new int[_shape.Sequences * planes];
        var sequences = new PassSequence[_shape.Sequences];
        for (int n = 0; n < sequences.Length; n++)
        {
            sequences[n] = new PassSequence
            {
                ScanStart = offsets[n],
                ScanCount = offsets[n + 1] - offsets[n],
                DeltaSource = _rows[n],
                DeltaTargets = n * planes,
                DeltaPlanes = planes,
            };
            _longest = Math.Max(_longest, sequences[n].ScanCount);
            targets[n * planes] = _rows[n];
            for (int plane = 1; plane < planes; plane++) targets[n * planes + plane] = SnapshotRow(plane, n);
        }

        (_sequences, _targets) = (Upload<PassSequence>(sequences), Upload<int>(targets));
    }

    private AcceleratorStream Stream => _gpu.Accelerator.DefaultStream;

    /// <inheritdoc/>
    public double? DeviceSeconds { get; private set; }

    /// <inheritdoc/>
    public void Run() => DeviceSeconds = _gpu.Time(Launch);

    private void Launch()
    {
        DeltaRuleShape rule = _shape.Rule;
        DeviceKernels kernels = _gpu.Kernels;
        bool areRaw = _shape.RawInputs.HasFlag(KernelForms.RawGates), areLogs = !areRaw && !rule.PerChannelGate;
        if (!areLogs) _decay.CopyFrom(Stream, _gates);
        if (areRaw)
        {
            _beta.CopyFrom(Stream, _rawBeta);
            kernels.Decay(_decay, _negativeA, _bias);
            kernels.Beta(_beta);
        }
        else if (!areLogs)
        {
            kernels.Exp(_decay);
        }

        if (RawKeys)
        {
            Unit(_rawQ, _q);
            Unit(_rawK, _k);
        }

        kernels.Scan(
            ScanSizes.Of(rule, _shape.HeadMap, rule.KeyHeads * rule.KeyDim, rule.ValueHeads * rule.ValueDim) with { AreGatesLogs = areLogs },
            new ScanViews
            {
                Sequences = _sequences,
                Targets = _targets,
                Q = _q,
                K = _k,
                V = _v,
                Decay = areLogs ? _gates : _decay,
                Beta = areRaw ? _beta : _rawBeta,
                States = _pool,
                Output = _output,
            },
            _longest);
    }

    /// <inheritdoc/>
    public void Store(in KernelCall call)
    {
        _output.CopyToCPU(Stream, call.Output);
        for (int n = 0; n < _shape.Sequences; n++)
        {
            if (_shape.TokensOf(n) == 0) continue;
            Read(_rows[n], call.Pool[(_rows[n] * Length)..]);
            for (int plane = 0; plane < Math.Min(_shape.Planes, _shape.TokensOf(n)); plane++)
                Read(plane == 0 ? _rows[n] : SnapshotRow(plane, n), call.Snapshots[((plane * _shape.Sequences + n) * Length)..]);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (IDisposable buffer in _buffers) buffer.Dispose();
    }

    private bool RawKeys => _shape.RawInputs.HasFlag(KernelForms.RawKeys);

    private void Unit(ArrayView<float> raw, ArrayView<float> unit)
    {
        (int heads, int dim) = (_shape.Rule.KeyHeads, _shape.Rule.KeyDim);
        unit.CopyFrom(Stream, raw);
        _gpu.Kernels.Unit(_shape.TotalTokens, heads, dim, heads * dim, Epsilon, unit);
    }

    private int Length => _shape.Rule.StateLength;

    private int SnapshotRow(int plane, int sequence) => _shape.PoolRows + plane * _shape.Sequences + sequence;

    private void Read(int row, Span<float> state) => _pool.SubView((long)row * Length, Length).CopyToCPU(Stream, state[..Length]);

    private ArrayView<float> Take(int length)
    {
        var buffer = new DeviceBuffer<float>(_gpu.Accelerator);
        _buffers.Add(buffer);
        return buffer.Take(length);
    }

    private ArrayView<T> Upload<T>(ReadOnlySpan<T> values)
        where T : unmanaged
    {
        var buffer = new DeviceBuffer<T>(_gpu.Accelerator);
        _buffers.Add(buffer);
        return buffer.Upload(values);
    }
}
