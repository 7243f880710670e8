using System.Runtime.InteropServices;
using Gdn.Reference.Batches;
using Gdn.Reference.Engines;
using Gdn.Reference.State;

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
    public NativeModelEngine(
        NativeModelFunctions functions, EngineOptions options, StateFormat stateFormat)
    {
        _functions = functions;
        nint path = Marshal.StringToCoTaskMemUTF8(options.Model.Path);
        try
        {
            var native = new NativeModelOptions
            {
                Path = (byte*)path,
                Slots = options.Slots,
                Planes = options.Planes,
                MaxBatchTokens = options.MaxBatchTokens,
                MaxPositions = options.MaxPositions,
            };
            nint created = 0;
            functions.Check("gdn_model_create", functions.Create(&native, &created));
            _model = created;
        }
        finally
        {
            Marshal.FreeCoTaskMem(path);
        }

        Info = new EngineInfo(functions.Library, functions.Vocabulary(_model))
        {
            Capabilities = new EngineCapabilities { States = stateFormat },
        };
    }

    /// <inheritdoc/>
    public EngineInfo Info { get; }

    /// <inheritdoc/>
    public EngineCounters Counters => new() { Batches = _batches, Tokens = _tokens };

    /// <inheritdoc/>
    public void Decode(TokenBatch batch, Span<float> logits)
    {
        var tokens = new NativeToken[batch.Count];
        for (int i = 0; i < tokens.Length; i++)
        {
            (int token, int sequence, int position, bool output) = batch.Tokens[i];
            tokens[i] = new NativeToken { Token = token, Sequence = sequence, Position = position, Output = output ? 1 : 0 };
        }

        fixed (NativeToken* first = tokens)
        fixed (float* rows = logits)
            Check("gdn_model_decode", _functions.Decode(_model, first, tokens.Length, rows));
        _batches++;
        _tokens += tokens.Length;
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
