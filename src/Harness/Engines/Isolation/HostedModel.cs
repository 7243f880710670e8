using Gdn.Harness.Metrics;
using Gdn.Harness.Throughput;
using Gdn.Reference.Batches;
using Gdn.Reference.Engines;

namespace Gdn.Harness.Engines.Isolation;

/// <summary>A model engine in its own process: the requests on its sequences.</summary>
internal sealed class HostedModel(IModelEngine engine) : IDisposable
{
    private readonly List<IStateSnapshot> _snapshots = [];
    private readonly HashSet<int> _named = [];
    private float[] _logits = [];

    /// <summary>What the engine says of itself, asked once.</summary>
    public EngineInfo Info { get; } = engine.Info ?? throw new InvalidDataException("it says nothing of itself: Info is null");

    /// <summary>Reads the arguments of a request, does it, and writes what it results in.</summary>
    public void Do(Request request, Channel channel)
    {
        switch (request)
        {
            case Request.Counters:
                channel.Write(engine.Counters);
                return;
            case Request.Time:
                Time(channel);
                return;
            case Request.TimeFixedWork:
                channel.Write(FixedWork.Time());
                return;
            case Request.Decode:
                Decode(channel);
                break;
            default:
                Do(request, channel.Read<int>(), channel.Read<int>(), channel);
                break;
        }

        WritePlaces(channel);
        if (request != Request.Snapshot) return;
        channel.Write(_snapshots.Count - 1);
        channel.Write(_snapshots[^1].NextPosition);
    }

    /// <inheritdoc/>
    public void Dispose() => engine.Dispose();

    private void Do(Request request, int first, int second, Channel channel)
    {
        _named.Add(first);
        switch (request)
        {
            case Request.Locate:
                break;
            case Request.Clear:
                engine.Clear(first);
                break;
            case Request.Copy:
                engine.Copy(first, second);
                _named.Add(second);
                break;
            case Request.Snapshot:
                _snapshots.Add(engine.Snapshot(first));
                break;
            case Request.Restore:
                engine.Restore(first, _snapshots[second]);
                break;
            case Request.Rollback:
                engine.Rollback(first, second);
                break;
            default:
                throw new InvalidDataException($"Unknown request {request}.");
        }
    }

    private void Decode(Channel channel)
    {
        var batch = new TokenBatch(channel.ReadSpan<BatchToken>().ToArray());
        foreach (BatchToken token in batch.Tokens) _named.Add(token.Sequence);
        int length = checked(batch.OutputCount * Info.Vocabulary);
        if (_logits.Length < length) _logits = new float[length];
        Span<float> logits = _logits.AsSpan(0, length);
        // Rows that stay unwritten must show.
        logits.Fill(float.NaN);
        engine.Decode(batch, logits);
        channel.Write<float>(logits);
    }

    private void Time(Channel channel)
    {
        var workload = new Workload(
            channel.Read<int>(), channel.ReadSpan<int>().ToArray(), channel.Read<int>(), channel.Read<int>(), channel.Read<int>());
        WorkloadTimes times = WorkloadRunner.Time(engine, workload, channel.Read<int>());
        // Threads that spin for a while after the last batch would take a core from what is timed next.
        Quiescence.Await();
        channel.Write(times);
    }

    // Of every sequence ever named: an operation on one may, wrongly, move another.
    private void WritePlaces(Channel channel)
    {
        channel.Write(_named.Count);
        foreach (int sequence in _named)
        {
            channel.Write(sequence);
            channel.Write(engine.NextPosition(sequence));
            channel.Write(engine.SlotOf(sequence));
        }
    }
}
