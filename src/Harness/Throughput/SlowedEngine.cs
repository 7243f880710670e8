using System.Diagnostics;
using Gdn.Harness.Metrics;
using Gdn.Optimized.Cpu;
using Gdn.Reference.Batches;
using Gdn.Reference.Engines;

namespace Gdn.Harness.Throughput;

/// <summary>
/// An engine that does some arithmetic of no use after every batch, in proportion to what batches of that size take. It is an amount of
/// work, not of time: a neighbour on the machine makes it no larger.
/// </summary>
/// <param name="inner">The engine.</param>
/// <param name="share">The additional work; 0.04 for 4%.</param>
internal sealed class SlowedEngine(IModelEngine inner, double share) : IDraftingEngine
{
    // Batches of one size whose durations are remembered: their median is not moved by one that was interrupted.
    private const int Remembered = 7;

    private const int LoopsToMeasure = 20_000, Attempts = 50;

    private static readonly Lazy<double> SecondsPerLoop = new(() => Enumerable.Range(0, Attempts).Min(_ =>
    {
        long start = Stopwatch.GetTimestamp();
        CeilingLoops.MultiplyAdd(LoopsToMeasure);
        return Stopwatch.GetElapsedTime(start).TotalSeconds / LoopsToMeasure;
    }));

    private readonly Dictionary<int, Queue<double>> _seconds = [];

    /// <inheritdoc/>
    public EngineInfo Info { get; } = inner.Info with { Name = inner.Info.Name + SlowDown.Suffix(share) };

    /// <inheritdoc/>
    public EngineCounters Counters => inner.Counters;

    /// <inheritdoc/>
    public bool CanDraft => inner is IDraftingEngine { CanDraft: true };

    /// <inheritdoc/>
    public void Decode(TokenBatch batch, Span<float> logits)
    {
        double secondsPerLoop = SecondsPerLoop.Value;
        long start = Stopwatch.GetTimestamp();
        inner.Decode(batch, logits);
        double seconds = Typical(batch.Count, Stopwatch.GetElapsedTime(start).TotalSeconds);
        CeilingLoops.MultiplyAdd((int)(share * seconds / secondsPerLoop));
    }

    /// <inheritdoc/>
    public void Draft(ReadOnlySpan<DraftToken> tokens, Span<float> logits) => ((IDraftingEngine)inner).Draft(tokens, logits);

    /// <inheritdoc/>
    public int NextPosition(int sequence) => inner.NextPosition(sequence);

    /// <inheritdoc/>
    public int SlotOf(int sequence) => inner.SlotOf(sequence);

    /// <inheritdoc/>
    public void Clear(int sequence) => inner.Clear(sequence);

    /// <inheritdoc/>
    public void Copy(int source, int target) => inner.Copy(source, target);

    /// <inheritdoc/>
    public IStateSnapshot Snapshot(int sequence) => inner.Snapshot(sequence);

    /// <inheritdoc/>
    public void Restore(int sequence, IStateSnapshot snapshot) => inner.Restore(sequence, snapshot);

    /// <inheritdoc/>
    public void Rollback(int sequence, int count) => inner.Rollback(sequence, count);

    /// <inheritdoc/>
    public void Dispose() => inner.Dispose();

    private double Typical(int tokens, double seconds)
    {
        if (!_seconds.TryGetValue(tokens, out Queue<double>? recent)) _seconds[tokens] = recent = new Queue<double>();
        recent.Enqueue(seconds);
        if (recent.Count > Remembered) recent.Dequeue();
        return HodgesLehmann.Median(recent.ToArray());
    }
}
