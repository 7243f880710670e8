using System.Runtime.InteropServices;
using Gdn.Reference.Batches;
using Gdn.Reference.Engines;

namespace Gdn.Harness.Engines.Native;

/// <summary>A model engine of a shared library.</summary>
internal sealed unsafe class NativeModelEngine : IModelEngine
{
    private sealed record StateSnapshot(nint Handle, int NextPosition) : IStateSnapshot;

    private readonly NativeModelFunctions _functions;
    private readonly nint _model;
    private readonly List<nint> _snapshots = [];
    private long _batches, _tokens;

    /// <summary>Makes an engine without sequences.</summary>
    /// <exception cref="Gdn.Reference.InputException">The library refuses the model.</exception>
    public NativeModelEngine(NativeModelFunctions functions, EngineOptions options)
    {
        _functions = functions;
        nint path = Marshal.StringToCoTaskMemUTF8(options.Model.Path);
        try
        {
            byte* native = stackalloc byte[functions.Sizes.ModelOptions];
            *(NativeModelOptions*)native = new NativeModelOptions
            {
                Path = (byte*)path,
                Slots = options.Slots,
                Planes = options.Planes,
                MaxBatchTokens = options.MaxBatchTokens,
                MaxPositions = options.MaxPositions,
            };
            nint created = 0;
            functions.Check("gdn_model_create", functions.Create((NativeModelOptions*)native, &created));
            _model = created;
        }
        finally
        {
            Marshal.FreeCoTaskMem(path);
        }

        Info = new EngineInfo(functions.Library, functions.Vocabulary(_model))
        {
            Capabilities = functions.Capabilities,
        };
    }

    /// <inheritdoc/>
    public EngineInfo Info { get; }

    /// <inheritdoc/>
    public EngineCounters Counters
    {
        get
        {
            byte* bytes = stackalloc byte[_functions.Sizes.Counters];
            var counters = (NativeCounters*)bytes;
            if (_functions.Counters != null) Check("gdn_model_counters", _functions.Counters(_model, counters));
            return new EngineCounters
            {
                Batches = _batches,
                Tokens = _tokens,
                BatchedRuns = counters->BatchedRuns,
                InPlaceRuns = counters->InPlaceRuns,
                SplitBatches = counters->SplitBatches,
                Fallbacks = counters->Fallbacks,
                PlanHits = counters->PlanHits,
                PlanMisses = counters->PlanMisses,
            };
        }
    }

    /// <inheritdoc/>
    public void Decode(TokenBatch batch, Span<float> logits)
    {
        int size = _functions.Sizes.Token;
        var tokens = new byte[batch.Count * size];
        for (int i = 0; i < batch.Count; i++)
        {
            (int token, int sequence, int position, bool output) = batch.Tokens[i];
            MemoryMarshal.Write(
                tokens.AsSpan(i * size),
                new NativeToken { Token = token, Sequence = sequence, Position = position, Output = output ? 1 : 0 });
        }

        fixed (byte* first = tokens)
        fixed (float* rows = logits)
            Check("gdn_model_decode", _functions.Decode(_model, (NativeToken*)first, batch.Count, rows));
        _batches++;
        _tokens += batch.Count;
    }

    /// <inheritdoc/>
    public int NextPosition(int sequence) => _functions.NextPosition(_model, sequence);

    /// <inheritdoc/>
    public int SlotOf(int sequence) => _functions.SlotOf == null ? -1 : _functions.SlotOf(_model, sequence);

    /// <inheritdoc/>
    public void Clear(int sequence) => Check("gdn_model_clear", _functions.Clear(_model, sequence));

    /// <inheritdoc/>
    public void Copy(int source, int target) => Check("gdn_model_copy", _functions.Copy(_model, source, target));

    /// <inheritdoc/>
    public IStateSnapshot Snapshot(int sequence)
    {
        nint handle = 0;
        Check("gdn_model_snapshot", _functions.Snapshot(_model, sequence, &handle));
        _snapshots.Add(handle);
        return new StateSnapshot(handle, NextPosition(sequence));
    }

    /// <inheritdoc/>
    public void Restore(int sequence, IStateSnapshot snapshot) =>
        Check("gdn_model_restore", _functions.Restore(_model, sequence, ((StateSnapshot)snapshot).Handle));

    /// <inheritdoc/>
    public void Rollback(int sequence, int count) =>
        Check("gdn_model_rollback", _functions.Rollback(_model, sequence, count));

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (nint snapshot in _snapshots) _functions.DestroySnapshot(snapshot);
        _snapshots.Clear();
        _functions.Destroy(_model);
    }

    private void Check(string function, int status) => _functions.Check(function, status);
}
