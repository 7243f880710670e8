using Gdn.Reference.Batches;
using Gdn.Reference.Engines;

namespace Gdn.Harness.Bleed.Oracle;

/// <summary>
/// Puts given answers through an engine, whatever it would have chosen itself. Answers that begin alike are read once, and
/// several are read in one batch.
/// </summary>
/// <param name="engine">The engine, to be disposed by the caller.</param>
/// <param name="isText">Whether a server may choose a token: none that ends an answer, since answers are to go on.</param>
/// <param name="slots">Sequences that it can hold.</param>
/// <param name="batchTokens">Tokens that its batches can hold.</param>
internal sealed class TeacherForcing(IModelEngine engine, Func<int, bool> isText, int slots, int batchTokens)
{
    // Floats of logits that a batch may return: of a large vocabulary a row is a megabyte.
    private const int LogitsMax = 1 << 23;

    private sealed class Reading(int sequence, ForcedAnswer longest)
    {
        public int Sequence => sequence;

        public ForcedAnswer Longest => longest;

        public int[] Tokens { get; } = longest.Fed;

        public List<int> Answers { get; } = [];

        public int Done { get; set; }
    }

    private float[] _logits = [];

    /// <summary>Reads answers.</summary>
    /// <returns>Of each answer, a position per token.</returns>
    public ForcedPosition[][] Read(IReadOnlyList<ForcedAnswer> answers, CancellationToken cancellation)
    {
        ForcedPosition[][] positions = [.. answers.Select(answer => new ForcedPosition[answer.Tokens.Count])];
        var waiting = new Queue<Reading>(Readings(answers));
        var running = new List<Reading>();
        while (waiting.Count > 0 || running.Count > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            while (running.Count < slots && waiting.TryDequeue(out Reading? next)) running.Add(next);
            Pass(running, answers, positions);
            foreach (Reading done in running.Where(reading => reading.Done == reading.Tokens.Length)) engine.Clear(done.Sequence);
            running.RemoveAll(reading => reading.Done == reading.Tokens.Length);
        }

        return positions;
    }

    private static List<Reading> Readings(IReadOnlyList<ForcedAnswer> answers)
    {
        var readings = new List<Reading>();
        foreach (int i in Enumerable.Range(0, answers.Count).OrderByDescending(i => answers[i].Tokens.Count))
        {
            if (answers[i].Tokens.Count == 0) continue;
            Reading? reading = readings.Find(reading => answers[i].Begins(reading.Longest));
            if (reading is null) readings.Add(reading = new Reading(readings.Count, answers[i]));
            reading.Answers.Add(i);
        }

        return readings;
    }

    private void Pass(List<Reading> running, IReadOnlyList<ForcedAnswer> answers, ForcedPosition[][] positions)
    {
        int vocabulary = engine.Info.Vocabulary;
        int rows = Math.Max(1, LogitsMax / vocabulary);
        var tokens = new List<BatchToken>();
        var outputs = new List<(Reading Reading, int Position)>();
        foreach (Reading reading in running)
        {
            // The last token of the prompt predicts the first of the answer.
            int silent = reading.Longest.Prompt.Count - 1;
            while (reading.Done < reading.Tokens.Length && tokens.Count < batchTokens)
            {
                bool isAnswer = reading.Done >= silent;
                if (isAnswer && outputs.Count == rows) break;
                tokens.Add(new BatchToken(reading.Tokens[reading.Done], reading.Sequence, reading.Done, isAnswer));
                if (isAnswer) outputs.Add((reading, reading.Done - silent));
                reading.Done++;
            }
        }

        if (_logits.Length < outputs.Count * vocabulary) _logits = new float[outputs.Count * vocabulary];
        Span<float> logits = _logits.AsSpan(0, outputs.Count * vocabulary);
        engine.Decode(new TokenBatch(tokens), logits);
        for (int row = 0; row < outputs.Count; row++)
        {
            (Reading reading, int position) = outputs[row];
            ReadOnlySpan<float> predicted = logits.Slice(row * vocabulary, vocabulary);
            foreach (int answer in reading.Answers)
                if (position < answers[answer].Tokens.Count)
                    positions[answer][position] =
                        ForcedPosition.Of(predicted, answers[answer].Tokens[position], isText);
        }
    }
}
