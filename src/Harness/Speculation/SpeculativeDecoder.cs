using System.Diagnostics;
using Gdn.Harness.Schedules;
using Gdn.Reference.Batches;
using Gdn.Reference.Engines;

namespace Gdn.Harness.Speculation;

/// <summary>
/// Speculative decoding of several sequences at once on any engine: draft, verify in one batch, accept, roll back. A draft is
/// accepted if it is the token that is chosen from the logits before it, so answers are those of decoding without drafts, with
/// random choices too: a choice takes one number of its sequence's own stream, drafted or not.
/// </summary>
/// <param name="engine">The engine, without sequences.</param>
/// <param name="source">Drafts.</param>
/// <param name="rules">What batches keep to.</param>
/// <param name="planes">P: states that the engine was made to keep per sequence.</param>
/// <param name="options">How long drafts and answers are, and how tokens are chosen.</param>
internal sealed class SpeculativeDecoder(
    IModelEngine engine, IDraftSource source, ScheduleRules rules, int planes, SpeculationOptions options)
{
    private readonly List<ScheduleStep> _steps = [];
    private readonly int _mostDrafts = Math.Min(options.Drafts, SpeculationOptions.MostDrafts(rules.Capabilities, planes));
    private int _rows, _kept;

    /// <summary>Steps done so far.</summary>
    public int Steps => _steps.Count;

    /// <summary>Answers prompts, as sequences 0, 1, ... side by side.</summary>
    /// <param name="prompts">The prompts, none of them empty.</param>
    /// <param name="cancellation">Ends it.</param>
    public SpeculativeRun Run(IReadOnlyList<int[]> prompts, CancellationToken cancellation)
    {
        Sequence[] sequences = [.. prompts.Select((prompt, i) => new Sequence(i, prompt, options))];
        Read(sequences, cancellation);
        Stopwatch watch = Stopwatch.StartNew(), drafting = new();
        for (int round = 0; sequences.Where(HasRoom).ToArray() is { Length: > 0 } going; round++)
        {
            cancellation.ThrowIfCancellationRequested();
            if (options.MoveEvery > 0 && round % options.MoveEvery == 0) Move(sequences);
            drafting.Start();
            IReadOnlyList<int[]> drafts = source.Draft([.. going.Select(sequence => sequence.Request(MostDrafts(sequence)))]);
            drafting.Stop();
            foreach ((Sequence sequence, int[] drafted) in going.Zip(drafts)) sequence.Drafts = drafted;
            Verify(going);
        }

        return new SpeculativeRun(
            [.. sequences.Select(sequence => sequence.Answer)], new Schedule(prompts.Count, planes, _steps), watch.Elapsed,
            drafting.Elapsed);
    }

    // A batch takes a token of each sequence and its drafts; the last token of an answer needs no further one.
    private int MostDrafts(Sequence sequence) => Math.Max(0, Math.Min(
        Math.Min(_mostDrafts, sequence.Left - 1), rules.Limits.MaxPositions - engine.NextPosition(sequence.Id) - 1));

    private bool HasRoom(Sequence sequence) =>
        !sequence.HasEnded && engine.NextPosition(sequence.Id) < rules.Limits.MaxPositions;

    private void Read(Sequence[] sequences, CancellationToken cancellation)
    {
        int[] read = new int[sequences.Length];
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            int room = options.UbatchTokens;
            var runs = new List<SequenceRun>();
            foreach (Sequence sequence in sequences)
            {
                int[] piece = [.. sequence.Prompt.Skip(read[sequence.Id]).Take(room)];
                if (piece.Length == 0) continue;
                read[sequence.Id] += piece.Length;
                room -= piece.Length;
                runs.Add(new SequenceRun(sequence.Id, piece, Silent: read[sequence.Id] < sequence.Prompt.Length));
            }

            if (runs.Count == 0) return;
            foreach ((int sequence, float[] logits, int row) in Decode(new DecodeStep(runs, LastOnly: true)))
                sequences[sequence].Choose(logits, row);
        }
    }

    private void Verify(Sequence[] going)
    {
        ILookup<int, (int Sequence, float[] Logits, int Row)> rows =
            Decode(new DecodeStep([.. going.Select(sequence => new SequenceRun(sequence.Id, sequence.Fed))]))
                .ToLookup(row => row.Sequence);
        foreach (Sequence sequence in going)
        {
            int rejected = sequence.Accept([.. rows[sequence.Id].Select(row => (row.Logits, row.Row))]);
            if (rejected == 0) continue;
            engine.Rollback(sequence.Id, rejected);
            _steps.Add(new RollbackStep(sequence.Id, rejected));
        }
    }

    // The last one is restored first, so that it gets the first one's slot where slots are given out in order.
    private void Move(Sequence[] sequences)
    {
        var kept = new List<(int Sequence, int Number, IStateSnapshot State)>();
        foreach (Sequence sequence in sequences)
        {
            kept.Add((sequence.Id, _kept, engine.Snapshot(sequence.Id)));
            _steps.Add(new SnapshotStep(sequence.Id, _kept++));
        }

        foreach (Sequence sequence in sequences)
        {
            engine.Clear(sequence.Id);
            _steps.Add(new ClearStep(sequence.Id));
        }

        foreach ((int sequence, int number, IStateSnapshot state) in kept.AsEnumerable().Reverse())
        {
            engine.Restore(sequence, state);
            _steps.Add(new RestoreStep(sequence, number));
        }
    }

    // Rows with their sequence and their number among all rows of the schedule, in batch order.
    private List<(int Sequence, float[] Logits, int Row)> Decode(DecodeStep batch)
    {
        var rows = new List<(int, float[], int)>();
        int vocabulary = engine.Info.Vocabulary;
        foreach (DecodeStep part in rules.PartsOf(batch))
        {
            TokenBatch tokens = part.ToBatch(engine.NextPosition);
            var logits = new float[tokens.OutputCount * vocabulary];
            // A row that the engine leaves unwritten must not pass for one that it wrote.
            Array.Fill(logits, float.NaN);
            engine.Decode(tokens, logits);
            _steps.Add(part);
            int n = 0;
            foreach (BatchToken token in tokens.Tokens)
                if (token.Output) rows.Add((token.Sequence, logits[(n * vocabulary)..(++n * vocabulary)], _rows++));
        }

        return rows;
    }

    private sealed class Sequence(int id, int[] prompt, SpeculationOptions options)
    {
        private readonly Sampler _sampler = new(options.Temperature, SeededRandom.Derive(options.Seed, (ulong)id), masked: -1);
        private readonly int[] _history = [.. prompt, .. new int[options.Tokens]];
        private readonly List<ChosenToken> _answer = [];
        private readonly List<DraftRound> _rounds = [];

        public int Id => id;

        public int[] Prompt => prompt;

        public int[] Drafts { get; set; } = [];

        public int Left => options.Tokens - _answer.Count;

        public bool HasEnded => Left == 0 || _answer is [.., var last] && last.Id == options.End;

        /// <summary>What its next batch takes.</summary>
        public int[] Fed => [_answer[^1].Id, .. Drafts];

        public DraftedAnswer Answer => new(_answer, _rounds);

        public DraftRequest Request(int count) =>
            new(id, _history.AsMemory(0, prompt.Length + _answer.Count), _answer.Count, count);

        public void Choose(float[] logits, int row)
        {
            int token = _sampler.Choose(logits);
            _history[prompt.Length + _answer.Count] = token;
            _answer.Add(new ChosenToken(token, logits, row));
        }

        /// <summary>Chooses tokens as long as they are the drafted ones, and one more; returns how many drafts are rejected.</summary>
        public int Accept(IReadOnlyList<(float[] Logits, int Row)> rows)
        {
            int answered = _answer.Count, accepted = 0;
            while (true)
            {
                Choose(rows[accepted].Logits, rows[accepted].Row);
                if (HasEnded || accepted == Drafts.Length || Drafts[accepted] != _answer[^1].Id) break;
                accepted++;
            }

            _rounds.Add(new DraftRound(answered, Drafts, accepted));
            return Drafts.Length - accepted;
        }
    }
}
