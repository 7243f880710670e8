using Gdn.Reference.Batches;
using Gdn.Reference.Engines;

namespace Gdn.Harness.Throughput;

/// <summary>Runs a workload and times it: here, or where the engine is.</summary>
/// <param name="engine">The engine, without sequences.</param>
/// <param name="workload">The workload.</param>
/// <param name="batchTokens">Tokens that a batch may hold.</param>
internal sealed class WorkloadRunner(IModelEngine engine, Workload workload, int batchTokens)
{
    private readonly int _batchTokens = Math.Min(batchTokens, engine.Info.Capabilities.MaxBatchTokens);
    private readonly float[] _logits = new float[workload.Active.Count * engine.Info.Vocabulary];

    /// <summary>Times a workload. The engine holds no sequence afterwards.</summary>
    public static WorkloadTimes Time(IModelEngine engine, Workload workload, int batchTokens) =>
        engine is ITimedElsewhere elsewhere
            ? elsewhere.Time(workload, batchTokens)
            : new WorkloadRunner(engine, workload, batchTokens).Run();

    private WorkloadTimes Run()
    {
        int[] resident = [.. Enumerable.Range(0, workload.Resident)];
        if (workload.Depth > 0) Decode(Reading(resident, 0, workload.Depth));
        TokenBatch[] prompt = [.. Reading(workload.Active, workload.Depth, workload.Prompt)];
        TokenBatch[] answer = [.. Enumerable.Range(workload.Depth + workload.Prompt, workload.Answer).Select(Answering)];
        var times = new WorkloadTimes(PhaseTime.Of(() => Decode(prompt)), PhaseTime.Of(() => Decode(answer)));
        foreach (int sequence in resident) engine.Clear(sequence);
        return times;
    }

    // Prompts side by side, in batches as large as they may be; what follows is asked of the last one only, as servers do.
    private IEnumerable<TokenBatch> Reading(IReadOnlyList<int> sequences, int start, int count)
    {
        int piece = Math.Max(1, _batchTokens / sequences.Count), end = start + count;
        for (int at = start; at < end; at += piece)
            yield return new TokenBatch(
                from sequence in sequences
                from position in Enumerable.Range(at, Math.Min(piece, end - at))
                let isLast = position == end - 1 && workload.Active.Contains(sequence)
                select new BatchToken(TokenAt(sequence, position), sequence, position, isLast));
    }

    private TokenBatch Answering(int position) =>
        new(workload.Active.Select(sequence => new BatchToken(TokenAt(sequence, position), sequence, position, true)));

    private void Decode(IEnumerable<TokenBatch> batches)
    {
        foreach (TokenBatch batch in batches) engine.Decode(batch, _logits.AsSpan(0, batch.OutputCount * engine.Info.Vocabulary));
    }

    // Any tokens will do, and the same ones for every engine.
    private int TokenAt(int sequence, int position) =>
        (int)(SeededRandom.Derive((ulong)sequence, (ulong)position) % (ulong)engine.Info.Vocabulary);
}
