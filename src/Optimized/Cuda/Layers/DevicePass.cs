using System.Runtime.InteropServices;
using Gdn.Optimized.Batching;
using Gdn.Optimized.Cuda.Accelerators;
using Gdn.Optimized.Cuda.Kernels;
using ILGPU;

namespace Gdn.Optimized.Cuda.Layers;

/// <summary>
/// Where the sequences of a pass find and leave their states, in device memory: sent once, read by every layer. Kernels read
/// and write rows of the pools directly, so nothing is gathered or scattered.
/// </summary>
internal sealed class DevicePass(Gpu gpu, int planes) : IDisposable
{
    private readonly DeviceBuffer<PassSequence> _sequences = new(gpu.Accelerator);
    private readonly DeviceBuffer<int> _convTargets = new(gpu.Accelerator), _deltaTargets = new(gpu.Accelerator);
    private readonly DeviceBuffer<int> _sequenceOf = new(gpu.Accelerator);
    private readonly List<PassSequence> _entries = [];
    private readonly List<int> _convRows = [], _deltaRows = [];

    /// <summary>The sequences.</summary>
    public ArrayView<PassSequence> Sequences { get; private set; }

    /// <summary>Rows that conv windows are written to.</summary>
    public ArrayView<int> ConvTargets { get; private set; }

    /// <summary>Rows that S is written to.</summary>
    public ArrayView<int> DeltaTargets { get; private set; }

    /// <summary>Index of each token's sequence.</summary>
    public ArrayView<int> SequenceOf { get; private set; }

    /// <summary>Tokens of the longest sequence.</summary>
    public int Longest { get; private set; }

    /// <summary>Points it at a pass.</summary>
    /// <param name="layout">The tokens.</param>
    /// <param name="plan">Where states are; null for one sequence in place.</param>
    public void Set(RunLayout layout, BatchPlan? plan)
    {
        _entries.Clear();
        Longest = 0;
        _convRows.Clear();
        _deltaRows.Clear();
        for (int s = 0; s < layout.SequenceCount; s++)
        {
            ScanSegment segment = layout.Segments[s];
            var entry = new PassSequence
            {
                Start = layout.Starts[s],
                Count = layout.Starts[s + 1] - layout.Starts[s],
                ConvTargets = _convRows.Count,
                ScanStart = segment.Start,
                ScanCount = segment.Count,
                DeltaTargets = _deltaRows.Count,
            };
            if (plan is null) InPlace(layout.Routes[s], ref entry);
            else ByPlan(plan, s, segment.Row, ref entry);
            entry.Planes = _convRows.Count - entry.ConvTargets;
            entry.DeltaPlanes = _deltaRows.Count - entry.DeltaTargets;
            _entries.Add(entry);
            Longest = Math.Max(Longest, entry.ScanCount);
        }

        Sequences = _sequences.Upload(CollectionsMarshal.AsSpan(_entries));
        ConvTargets = _convTargets.Upload(CollectionsMarshal.AsSpan(_convRows));
        DeltaTargets = _deltaTargets.Upload(CollectionsMarshal.AsSpan(_deltaRows));
        SequenceOf = _sequenceOf.Upload(layout.ConvSeqMap);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _sequences.Dispose();
        _convTargets.Dispose();
        _deltaTargets.Dispose();
        _sequenceOf.Dispose();
    }

    private void InPlace(SequenceRoute route, ref PassSequence entry)
    {
        int first = route.Slot * planes;
        // Of a sequence that starts, the engine has set plane 0 to zero.
        entry.ConvSource = first + route.ConvPlane;
        entry.DeltaSource = first + route.DeltaPlane;
        for (int plane = 0; plane < route.Planes; plane++)
        {
            _convRows.Add(first + plane);
            _deltaRows.Add(first + plane);
        }
    }

    private void ByPlan(BatchPlan plan, int sequence, int state, ref PassSequence entry)
    {
        entry.ConvSource = plan.ConvMask[sequence] == 0 ? -1 : plan.ConvSource[sequence];
        entry.DeltaSource = plan.DeltaMask[state] == 0 ? -1 : plan.DeltaSource[state];
        _convRows.AddRange(plan.ConvTargets(sequence));
        _deltaRows.AddRange(plan.DeltaTargets(state));
    }
}
