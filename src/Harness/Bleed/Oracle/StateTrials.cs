using System.Runtime.InteropServices;
using Gdn.Optimized.Batching;
using Gdn.Reference.Batches;
using Gdn.Reference.Engines;

namespace Gdn.Harness.Bleed.Oracle;

/// <summary>
/// Answers from states that are not the right ones: an engine takes up a state before a token of an answer, is fed the answer from
/// there on, and its log-probabilities are compared with the server's.
/// </summary>
/// <param name="engine">The engine, with <see cref="Lanes"/> + 1 slots; disposed with this.</param>
/// <param name="batchTokens">Tokens that its batches can hold.</param>
/// <param name="damage">What is to be explained.</param>
/// <param name="limit">What may be left of it at each position, in nats.</param>
internal sealed class StateTrials(IModelEngine engine, int batchTokens, Damage damage, double limit) : IDisposable
{
    /// <summary>States that are tried in one batch.</summary>
    public const int Lanes = 7;

    // The sequence that states are made with; the others are lanes.
    private const int Maker = 0;

    private readonly int[] _fed = damage.Reading.Answer.Fed;
    private readonly List<(SlotSnapshot State, Action<Fit> Tell)> _waiting = [];
    private (int Entry, int End) _span;
    private float[] _logits = [];

    /// <summary>The answer's sequence.</summary>
    public int[] Fed => _fed;

    /// <summary>Makes the states after first tokens of a sequence, each in turn.</summary>
    /// <param name="tokens">The sequence.</param>
    /// <param name="from">The fewest tokens, at least 1.</param>
    /// <param name="goOn">Gets the number of tokens and the state, and says whether to go on.</param>
    public void Walk(ReadOnlySpan<int> tokens, int from, Func<int, SlotSnapshot, bool> goOn)
    {
        engine.Clear(Maker);
        for (int done = 0; done < tokens.Length;)
        {
            int count = done + 1 < from ? Math.Min(from - done, batchTokens) : 1;
            var batch = new List<BatchToken>(count);
            for (int i = done; i < done + count; i++) batch.Add(new BatchToken(tokens[i], Maker, i, Output: false));
            engine.Decode(new TokenBatch(batch), []);
            done += count;
            if (done >= from && !goOn(done, (SlotSnapshot)engine.Snapshot(Maker))) break;
        }

        engine.Clear(Maker);
    }

    /// <summary>Tries a state; how well it fits is told at the latest after <see cref="Finish"/>.</summary>
    /// <param name="state">The state.</param>
    /// <param name="entry">Index of the token that is fed to it first.</param>
    /// <param name="isFirstOnly">Whether the first wrong position is enough.</param>
    /// <param name="tell">Gets how well it fits.</param>
    public void Try(SlotSnapshot state, int entry, bool isFirstOnly, Action<Fit> tell)
    {
        (int, int) span = (entry, isFirstOnly ? damage.First + 1 : damage.End);
        if (span != _span) Finish();
        _span = span;
        _waiting.Add((state, tell));
        if (_waiting.Count == Lanes || _waiting.Count * (SpanTokens + 1) > batchTokens) Finish();
    }

    /// <summary>How well it fits if the recurrent state before a token stays as it is while others are fed, and is then updated again.</summary>
    /// <param name="state">The state before the token.</param>
    /// <param name="entry">Index of the token.</param>
    /// <param name="count">Tokens that do not update it.</param>
    /// <param name="splice">Puts states together.</param>
    public Fit Frozen(SlotSnapshot state, int entry, int count, StateSplice splice)
    {
        Finish();
        _span = (entry, damage.End);
        var squares = new List<double>();
        engine.Restore(Maker, state);
        for (int i = 0; i < SpanTokens; i++)
        {
            squares.AddRange(Decode([Maker], entry + i, 1)[0]);
            if (i < count)
                engine.Restore(Maker, splice.Of((SlotSnapshot)engine.Snapshot(Maker), state, SequenceParts.Recurrent));
        }

        engine.Clear(Maker);
        return FitOf(squares);
    }

    /// <summary>How well it fits if the sequence starts on a slot that holds a state, on an engine that does not reset it.</summary>
    public Fit Unreset(SlotSnapshot state)
    {
        Finish();
        _span = (0, damage.End);
        engine.Restore(Maker, state);
        engine.Clear(Maker);
        var squares = new List<double>();
        for (int done = 0; done < SpanTokens;)
        {
            int count = Math.Min(SpanTokens - done, batchTokens);
            squares.AddRange(Decode([Maker], done, count)[0]);
            done += count;
        }

        engine.Clear(Maker);
        return FitOf(squares);
    }

    /// <summary>Tries those that wait.</summary>
    public void Finish()
    {
        if (_waiting.Count == 0) return;
        for (int lane = 0; lane < _waiting.Count; lane++) engine.Restore(lane + 1, _waiting[lane].State);
        List<double>[] squares = [.. _waiting.Select(_ => new List<double>())];
        for (int done = 0; done < SpanTokens;)
        {
            int count = Math.Min(SpanTokens - done, Math.Max(1, batchTokens / _waiting.Count));
            List<double>[] part = Decode([.. Enumerable.Range(1, _waiting.Count)], _span.Entry + done, count);
            for (int lane = 0; lane < squares.Length; lane++) squares[lane].AddRange(part[lane]);
            done += count;
        }

        for (int lane = 0; lane < squares.Length; lane++)
        {
            engine.Clear(lane + 1);
            _waiting[lane].Tell(FitOf(squares[lane]));
        }

        _waiting.Clear();
    }

    /// <inheritdoc/>
    public void Dispose() => engine.Dispose();

    // Tokens whose logits are compared, and those before them.
    private int SpanTokens => damage.Reading.Answer.Prompt.Count - 1 + _span.End - _span.Entry;

    private Fit FitOf(List<double> squares) =>
        Fit.Of(CollectionsMarshal.AsSpan(squares), Math.Min(squares.Count, _span.End - damage.First), limit);

    // Feeds tokens of the answer to sequences, and returns for each how far the server is, squared.
    private List<double>[] Decode(int[] sequences, int start, int count)
    {
        int silent = damage.Reading.Answer.Prompt.Count - 1, vocabulary = engine.Info.Vocabulary;
        var tokens = new List<BatchToken>();
        foreach (int sequence in sequences)
        {
            int position = engine.NextPosition(sequence);
            for (int i = 0; i < count; i++)
                tokens.Add(new BatchToken(_fed[start + i], sequence, position + i, Output: start + i >= silent));
        }

        var batch = new TokenBatch(tokens);
        if (_logits.Length < batch.OutputCount * vocabulary) _logits = new float[batch.OutputCount * vocabulary];
        engine.Decode(batch, _logits.AsSpan(0, batch.OutputCount * vocabulary));
        List<double>[] squares = [.. sequences.Select(_ => new List<double>())];
        int row = 0;
        for (int lane = 0; lane < sequences.Length; lane++)
            for (int i = start; i < start + count; i++)
            {
                if (i < silent) continue;
                ReadOnlySpan<float> logits = _logits.AsSpan(row++ * vocabulary, vocabulary);
                OracleReading reading = damage.Reading;
                squares[lane].Add(Damage.Square(
                    reading, i - silent, ForcedPosition.Of(logits, reading.Answer.Tokens[i - silent], _ => true)));
            }

        return squares;
    }
}
