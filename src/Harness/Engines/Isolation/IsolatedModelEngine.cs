using System.Text.Json;
using Gdn.Harness.Throughput;
using Gdn.Reference.Batches;
using Gdn.Reference.Engines;

namespace Gdn.Harness.Engines.Isolation;

/// <summary>A model engine in a process of its own, as an engine here: one message each way for a call.</summary>
internal sealed class IsolatedModelEngine : IModelEngine, ITimedElsewhere
{
    private sealed record StateSnapshot(int Number, int NextPosition) : IStateSnapshot;

    private readonly record struct Place(int NextPosition, int Slot);

    // A workload is many batches in one call; all together they may take as long as so many that are sent alone.
    private const int WorkloadLimit = 20;

    private readonly EngineProcesses _processes;
    private readonly EngineProcess _process;

    // Where every sequence stands that was ever named: each answer brings it along.
    private readonly Dictionary<int, Place> _places = [];

    /// <summary>Makes an engine without sequences.</summary>
    /// <exception cref="EngineDiedException">The process died of it.</exception>
    public IsolatedModelEngine(EngineProcesses processes, string name, EngineOptions options)
    {
        _processes = processes;
        _process = processes.Take();
        try
        {
            Channel request = _process.Begin(Request.Create);
            request.Write(options.Model.Path);
            request.Write(options.Slots);
            request.Write(options.Planes);
            request.Write(options.MaxBatchTokens);
            request.Write(options.MaxPositions);
            Channel reply = processes.Load(_process, options.Model.Path);
            Info = JsonSerializer.Deserialize<EngineInfo>(reply.ReadString())! with { Name = name };
            if (Declarations.Problem(Info, options.Model.Config.Vocabulary) is { } problem) throw new InvalidDataException(problem);
        }
        catch
        {
            processes.Give(_process);
            throw;
        }
    }

    /// <inheritdoc/>
    public EngineInfo Info { get; }

    /// <inheritdoc/>
    public EngineCounters Counters
    {
        get
        {
            _process.Begin(Request.Counters);
            return _process.Call(_processes.CallLimit).Read<EngineCounters>();
        }
    }

    /// <inheritdoc/>
    public void Decode(TokenBatch batch, Span<float> logits)
    {
        _process.Begin(Request.Decode).Write(batch.Tokens);
        Channel reply = _process.Call(_processes.CallLimit, results: logits.Length);
        reply.ReadInto(logits);
        ReadPlaces(reply);
    }

    /// <inheritdoc/>
    public int NextPosition(int sequence) => PlaceOf(sequence).NextPosition;

    /// <inheritdoc/>
    public int SlotOf(int sequence) => PlaceOf(sequence).Slot;

    /// <inheritdoc/>
    public void Clear(int sequence) => Call(Request.Clear, sequence);

    /// <inheritdoc/>
    public void Copy(int source, int target) => Call(Request.Copy, source, target);

    /// <inheritdoc/>
    public IStateSnapshot Snapshot(int sequence)
    {
        Channel reply = Call(Request.Snapshot, sequence);
        return new StateSnapshot(reply.Read<int>(), reply.Read<int>());
    }

    /// <inheritdoc/>
    public void Restore(int sequence, IStateSnapshot snapshot) =>
        Call(Request.Restore, sequence, ((StateSnapshot)snapshot).Number);

    /// <inheritdoc/>
    public void Rollback(int sequence, int count) => Call(Request.Rollback, sequence, count);

    /// <inheritdoc/>
    public WorkloadTimes Time(Workload workload, int batchTokens)
    {
        Channel request = _process.Begin(Request.Time);
        request.Write(workload.Slots);
        request.Write<int>(workload.Active.ToArray());
        request.Write(workload.Depth);
        request.Write(workload.Prompt);
        request.Write(workload.Answer);
        request.Write(batchTokens);
        return _process.Call(WorkloadLimit * _processes.CallLimit).Read<WorkloadTimes>();
    }

    /// <inheritdoc/>
    public PhaseTime TimeFixedWork()
    {
        _process.Begin(Request.TimeFixedWork);
        return _process.Call(_processes.CallLimit).Read<PhaseTime>();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            if (!_process.IsAlive) return;
            _process.Begin(Request.Dispose);
            _process.Call(_processes.CallLimit);
        }
        finally
        {
            _processes.Give(_process);
        }
    }

    private Place PlaceOf(int sequence)
    {
        if (!_places.ContainsKey(sequence)) Call(Request.Locate, sequence);
        return _places[sequence];
    }

    private Channel Call(Request request, int first, int second = 0)
    {
        Channel message = _process.Begin(request);
        message.Write(first);
        message.Write(second);
        Channel reply = _process.Call(_processes.CallLimit);
        ReadPlaces(reply);
        return reply;
    }

    private void ReadPlaces(Channel reply)
    {
        for (int left = reply.Read<int>(); left > 0; left--)
            _places[reply.Read<int>()] = new Place(reply.Read<int>(), reply.Read<int>());
    }
}
