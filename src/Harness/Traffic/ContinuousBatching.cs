using Gdn.Harness.Schedules;

namespace Gdn.Harness.Traffic;

/// <summary>
/// What a server with continuous batching does with its requests, as a schedule: it admits them to free slots, reads
/// prompts, answers all running ones together, and frees the slots of the finished.
/// </summary>
/// <remarks>
/// The batcher of <c>serve</c> does the same while an engine runs: it decides pass by pass from tokens that have just been
/// chosen, within a budget, with drafts and checkpoints. Here the answers are known beforehand and the result is data, which
/// is shrunk and replayed without a server, so the two share nothing but the idea.
/// </remarks>
public static class ContinuousBatching
{
    private sealed class Running(int sequence, TrafficRequest request)
    {
        public int Sequence => sequence;

        public int Answered { get; set; } = -1;

        public bool IsDone => Answered == request.Answer.Count - 1;

        // The prompt first; then each token of the answer is fed back, except the last, after which nothing follows.
        public SequenceRun Next() => new(sequence, Answered < 0 ? request.Prompt : [request.Answer[Answered]]);
    }

    /// <summary>Makes the schedule.</summary>
    /// <param name="requests">In order of arrival; request i becomes sequence i.</param>
    /// <param name="slots">np.</param>
    /// <param name="mixed">Whether prompts are read in the same batch in which others answer.</param>
    public static Schedule Schedule(IReadOnlyList<TrafficRequest> requests, int slots, bool mixed)
    {
        var steps = new List<ScheduleStep>();
        var running = new List<Running>();
        int admitted = 0;
        for (int tick = 0; admitted < requests.Count || running.Count > 0; tick++)
        {
            while (admitted < requests.Count && running.Count < slots && requests[admitted].Arrival <= tick)
            {
                running.Add(new Running(admitted, requests[admitted]));
                admitted++;
            }

            foreach (Running[] batch in Batches(running, mixed))
            {
                steps.Add(new DecodeStep([.. batch.Select(r => r.Next())], LastOnly: true));
                foreach (Running r in batch) r.Answered++;
            }

            steps.AddRange(running.Where(r => r.IsDone).Select(r => new ClearStep(r.Sequence)));
            running.RemoveAll(r => r.IsDone);
        }

        return new Schedule(slots, Planes: 1, steps);
    }

    private static Running[][] Batches(List<Running> running, bool mixed)
    {
        Running[][] batches = mixed
            ? [[.. running]]
            : [[.. running.Where(r => r.Answered < 0)], [.. running.Where(r => r.Answered >= 0)]];
        return [.. batches.Where(batch => batch.Length > 0)];
    }
}
